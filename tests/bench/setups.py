"""The set-ups that are compared: the module in its states, and what people use today for the same purpose. All
are told to answer 417 to an expectation other than 100-continue and to leave everything else alone."""

from typing import NamedTuple

from support.machine import module_file


class Setup(NamedTuple):
    key: str
    title: str
    modules: tuple = ()
    configuration: str = ""


def is_there(setup):
    """Whether this machine has what the set-up needs; what it has not is left out of the tables."""
    return all(module == "expect" or module_file(module).exists() for module in setup.modules)


def other_names(count, action="reject"):
    return "\n".join(f"ExpectRule {action} name-{number}" for number in range(count))


def policy(count):
    rules = f"{count:,} rules" if count else "the built-in rules"
    return Setup(f"on{count or ''}", f"mod_expect, policy on, {rules}", ("expect",),
                 f"ExpectPolicy On\n{other_names(count)}")


def one_name(count):
    """A policy of so many rules for values of one name."""
    rules = "\n".join(f"ExpectRule reject name=value-{number}" for number in range(count))
    return Setup("one-name", f"mod_expect, policy on, {count:,} rules for one name", ("expect",),
                 f"ExpectPolicy On\n{rules}")


def rewrite(extra=0):
    more = "".join(
        f"RewriteCond %{{HTTP:Expect}} ^name-{number}$ [NC]\nRewriteRule ^ - [R=417,L]\n" for number in range(extra))
    return Setup(f"rewrite{extra or ''}", "mod_rewrite, R=417", ("rewrite",), f"""
RewriteEngine On
{more}
RewriteCond %{{HTTP:Expect}} !^(100-continue)?$ [NC]
RewriteRule ^ - [R=417,L]
""")


def security(extra=0):
    more = "".join(
        f'SecRule REQUEST_HEADERS:Expect "@streq name-{number}" '
        f'"id:{number + 10},phase:1,deny,status:417,nolog,t:none"\n'
        for number in range(extra))
    return Setup(f"security{extra or ''}", "mod_security2, one rule", ("unique_id", "security2"), f"""
SecRuleEngine On
SecRequestBodyAccess Off
SecResponseBodyAccess Off
SecAuditEngine Off
{more}
SecRule REQUEST_HEADERS:Expect "!@rx ^(?i:100-continue)?$" "id:1,phase:1,deny,status:417,nolog,t:none"
""")


ALONE = Setup("alone", "httpd alone")
OFF = Setup("off", "mod_expect loaded, policy off", ("expect",))
SECTION = Setup("if", "`<If>` and Redirect 417", ("alias",), """
<If "-n req('Expect') && req('Expect') !~ /^100-continue$/i">
    Redirect 417 /
</If>
""")

SETUPS = list(filter(is_there, [ALONE, OFF, policy(0), policy(100), rewrite(), SECTION, security()]))
