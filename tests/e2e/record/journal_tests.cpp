// The list of the last rejections in shared memory: writers killed or held up in the middle leave
// nothing that is shown, and no place that is lost.
#include "harness/probe.hpp"
#include "harness/process.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>

using namespace e2e;

BOOST_AUTO_TEST_SUITE(journal_tests)

BOOST_AUTO_TEST_CASE(writers_are_killed_and_overtaken) {
    const std::string include = std::filesystem::absolute("include").string();
    const std::string apr = "$($(\"$apxs\" -q APR_CONFIG) ";
    build_probe("journal_killed.cpp", "apxs=" + environment_or("APXS", "apxs") + "; " +
                                          environment_or("CXX", "g++") + " -std=c++17 -O2 '-I" +
                                          include + "' -isystem \"$($apxs -q includedir)\"" +
                                          " -isystem \"" + apr + "--includedir)\" " + apr +
                                          "--cppflags)" + " -o journal_killed journal_killed.cpp");
    const program_result result = run_program({the_settings().scratch + "/probes/journal_killed"});
    BOOST_TEST(result.exit_code == 0, result.all());
    BOOST_TEST_MESSAGE(result.output);
}

BOOST_AUTO_TEST_SUITE_END()
