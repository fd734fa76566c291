// How the status page looks. On a narrow screen a row of a table is a paragraph.
#ifndef MOD_EXPECT_STATUS_STYLE_HPP
#define MOD_EXPECT_STATUS_STYLE_HPP

namespace mod_expect {

inline constexpr const char *status_head = R"(<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<style>
:root { color-scheme: light dark; --line: #8884; --soft: #8882 }
body { font: 16px/1.4 system-ui, sans-serif; margin: 0 auto; max-width: 76rem; padding: .75rem 1rem }
h1 { font-size: 1.4rem; margin: .25rem 0; overflow-wrap: anywhere }
h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem } p { margin: .5rem 0 }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: .5rem }
.cards div { border: 1px solid var(--line); border-radius: .4rem; padding: .4rem .7rem }
.cards h2 { margin: 0; font-size: 1rem } .cards p { margin: 0 }
.cards span { display: flex; justify-content: space-between }
.scroll { overflow-x: auto } table { border-collapse: collapse; width: 100%; font-size: .9rem }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line) }
td { vertical-align: top } thead th { background: var(--soft); vertical-align: bottom }
td span { white-space: nowrap } td span:not(:last-child)::after { content: "," }
b, .n, time { font-variant-numeric: tabular-nums } .n { text-align: right; white-space: nowrap }
.t { white-space: nowrap } code, small, td a, summary { overflow-wrap: anywhere }
small { opacity: .75 } td small { display: block; min-width: 7rem } td code { display: block; min-width: 9rem }
em { font-style: normal; white-space: nowrap; font-size: .8rem; border: 1px solid; border-radius: .3rem; padding: 0 .3rem }
details { margin: 0; padding-left: .6rem } summary { padding: .15rem 0; font-size: .9rem; cursor: pointer }
:target { background: var(--soft) }
@media (max-width: 48rem) {
thead { display: none } table, tbody, tr { display: block } .cards { gap: .3rem }
tr { border-bottom: 1px solid var(--line); padding: .2rem 0 }
td { display: inline; border: 0; padding: 0; margin-right: .5rem } td:empty { display: none }
td small, td code { display: inline; min-width: 0 } td[data-h]::before { content: attr(data-h) " "; opacity: .75 }
}
</style>
)";

} // namespace mod_expect

#endif
