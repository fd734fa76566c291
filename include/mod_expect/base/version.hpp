// Which version of the module this is. The Makefile alone spells it (VERSION) and hands it over as
// MOD_EXPECT_VERSION. It is for administrators; no answer to a client says it.
#pragma once

#ifndef MOD_EXPECT_VERSION
#error "MOD_EXPECT_VERSION is not defined: build with make, whose VERSION it is"
#endif

// The macro comes without quotes, which libtool, a shell and make would each have to keep.
#define MOD_EXPECT_TEXT_OF(words) #words
#define MOD_EXPECT_TEXT(macro) MOD_EXPECT_TEXT_OF(macro)

namespace mod_expect {

// "0.2.0".
inline constexpr const char *version = MOD_EXPECT_TEXT(MOD_EXPECT_VERSION);

// For whoever has nothing but the file: `strings mod_expect.so | grep mod_expect/`. Nothing in the
// program refers to it, so the compiler is told to keep it.
[[gnu::used]] static const char version_in_file[] =
    "mod_expect/" MOD_EXPECT_TEXT(MOD_EXPECT_VERSION);

} // namespace mod_expect
