"""The configuration, documents and scripts of the matrix's httpd: each handler at its path, each policy and each kind
of ErrorDocument as a virtual host of its own, in cleartext and behind TLS."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from dimensions import ERROR_DOCUMENTS, POLICIES, STATUSES

HERE = Path(__file__).resolve().parent

# mod_cache comes first: its handler hook must not run twice, whatever the order.
MODULES = """
cache cache_socache socache_shmcb unixd authn_core authz_core authz_user auth_basic authn_file log_config env headers
alias mime dir autoindex negotiation dav dav_fs proxy proxy_http proxy_fcgi status info lua include rewrite actions
reflector buffer ssl
""".split()

SITE = """
# Longer than the longest time that a client waits for what is due at once.
Timeout 40
KeepAliveTimeout 30
MaxKeepAliveRequests 0
LogLevel notice
LoadModule turns_module "@TURNS@"
<IfModule mpm_prefork_module>
    StartServers 50
    MinSpareServers 10
    MaxSpareServers 60
    MaxRequestWorkers 80
</IfModule>
<IfModule !mpm_prefork_module>
    StartServers 2
    ServerLimit 2
    ThreadsPerChild 40
    MinSpareThreads 10
    MaxSpareThreads 80
    MaxRequestWorkers 80
</IfModule>
<IfModule mpm_event_module>
    # Suspended connections count for ever.
    AsyncRequestWorkerFactor 200
</IfModule>
LogFormat "%{remote}p\\t%{X-Cell}i\\t%r\\t%>s\\t%P" matrix
CustomLog "@ROOT@/access.log" matrix
# Each answer says which request it answers.
Header always set X-Answers "expr=%{THE_REQUEST}"
SetEnv MATRIX_LOG "@ROOT@/scripts.log"
SSLCertificateFile "@CERTIFICATE@"
SSLCertificateKeyFile "@KEY@"
SSLSessionCache none

<Directory "@ROOT@">
    Options FollowSymLinks
    AllowOverride None
</Directory>
<Location "/">
    Require expr "%{QUERY_STRING} !~ /denied/"
</Location>
<If "-n req('X-Limit')">
    LimitRequestBody 10
</If>
DirectoryIndex index.html
TypesConfig /dev/null
AddType text/plain .txt
AddType text/html .html .shtml .cgi
ScriptAlias /cgi/ "@ROOT@/cgi/"
<Directory "@ROOT@/documents">
    Options Includes FollowSymLinks ExecCGI
    AddHandler server-parsed .shtml
    AddOutputFilter INCLUDES .shtml
    AddHandler cgi-script .cgi
    AddHandler type-map .var
    AddHandler lua-script .lua
    LuaScope request
</Directory>
<Directory "@ROOT@/documents/listing">
    Options Indexes
</Directory>
<Directory "@ROOT@/documents/header-name">
    Options Indexes ExecCGI
    HeaderName header.cgi
</Directory>
<Directory "@ROOT@/documents/multi">
    Options MultiViews
</Directory>
<Directory "@ROOT@/documents/rewrite">
    RewriteEngine On
    RewriteRule ^cgi$ /cgi/all
    RewriteRule ^static$ /a.txt
</Directory>
<Directory "@ROOT@/documents/action">
    AddHandler acted .acted
    Action acted /cgi/all
</Directory>
<Directory "@ROOT@/documents/script">
    Script POST /cgi/all
</Directory>
<Directory "@ROOT@/documents/filtered">
    SetInputFilter BUFFER
</Directory>
DavLockDB "@ROOT@/dav-locks/locks"
Alias /dav/ "@ROOT@/dav/"
<Directory "@ROOT@/dav">
    Dav On
</Directory>
Alias /lua/none "@ROOT@/documents/none.lua"
Alias /lua/reads "@ROOT@/documents/reads.lua"
ProxyPass /proxy/ http://127.0.0.1:@HTTP_BACKEND@/
ProxyPass /fcgi/ fcgi://127.0.0.1:@FCGI_BACKEND@/
Redirect permanent /redirect /a.txt
<Location "/server-status">
    SetHandler server-status
</Location>
<Location "/server-info">
    SetHandler server-info
</Location>
<Location "/reflector">
    SetHandler reflector
</Location>
<Location "/secret">
    AuthType Basic
    AuthName secret
    AuthBasicProvider file
    AuthUserFile "@ROOT@/users"
    Require user nobody-has-it
</Location>
CacheQuickHandler off
CacheSocache shmcb
CacheEnable socache /cached/
CacheIgnoreNoLastMod On
"""

TURNS = ("done", "declined", "suspended", "nonblock", "refuses", "reads")

HOST = """<VirtualHost *:{port}>
ServerName {name}
{tls}
{errors}
<IfModule expect_module>
{policy}
</IfModule>
</VirtualHost>
"""


def host_name(policy, error):
    return f"{policy}.{error}.test"


def hosts(port, tls, policies):
    for policy in policies:
        for error, document in ERROR_DOCUMENTS.items():
            errors = "\n".join(f"ErrorDocument {status} {document}" for status in STATUSES) if document else ""
            yield HOST.format(port=port, name=host_name(policy, error), tls="SSLEngine on" if tls else "",
                              errors=errors, policy=POLICIES[policy])


def text(policies=tuple(POLICIES)):
    """What stands behind a private httpd's own frame; PORT2 speaks TLS."""
    turns = [f'<Location "/turns-{name}">\nSetHandler turns-{name}\n</Location>' for name in TURNS]
    return "\n".join([SITE, *turns, *hosts("@PORT@", False, policies), *hosts("@PORT2@", True, policies)])


DOCUMENTS = {
    "documents/a.txt": "a\n",
    "documents/error.txt": "the path\n",
    "documents/inc.shtml": 'before <!--#include virtual="/cgi/included" --> after\n',
    "documents/error.shtml": 'error <!--#include virtual="/cgi/error-included" --> page\n',
    "documents/index/index.html": "index\n",
    "documents/listing/one.txt": "one\n",
    "documents/no-listing/one.txt": "one\n",
    "documents/header-name/one.txt": "one\n",
    "documents/multi/views.html": "views\n",
    "documents/map.var": "URI: a.txt\nContent-Type: text/plain\n",
    "documents/rewrite/other.txt": "other\n",
    "documents/action/file.acted": "acted\n",
    "documents/script/one.txt": "one\n",
    "documents/cached/a.txt": "cached\n",
    "documents/filtered/a.txt": "filtered\n",
    "documents/secret/a.txt": "secret\n",
    "documents/turns-declined": "declined\n",
    "documents/none.lua": 'function handle(r)\n r.content_type = "text/plain"\n r:puts("none\\n")\n return apache2.OK\nend\n',
    "documents/reads.lua": 'function handle(r)\n r.content_type = "text/plain"\n local body = r:requestbody() or ""\n'
                 ' r:puts("read " .. #body .. "\\n")\n return apache2.OK\nend\n',
}
SCRIPTS = ("cgi/all", "cgi/some", "cgi/none", "cgi/refuses", "cgi/included", "cgi/error-status", "cgi/error-reads",
           "cgi/error-included", "cgi/asked-grants", "cgi/asked-refuses",
           "documents/header-name/header.cgi")


def write_files(root, script, user):
    """What is no text; `script` is the compiled program of probe/script.c."""
    for name in SCRIPTS:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(script, file)
        file.chmod(0o755)
    for name in ("dav", "dav-locks"):
        (root / name).mkdir()
        if user:
            shutil.chown(root / name, user.pw_uid, user.pw_gid)
    (root / "dav" / "kept.txt").write_text("kept\n")
    (root / "users").write_text("")
    (root / "scripts.log").write_text("")
    (root / "scripts.log").chmod(0o666)


class Probes(NamedTuple):
    script: Path
    turns: Path


def build_probes(folder):
    """The script and the module of probe/, compiled once a run."""
    folder.mkdir(parents=True, exist_ok=True)
    for source in (HERE / "probe").iterdir():
        shutil.copy(source, folder)
    for command in (
        ["cc", "-O1", "-Wall", "-Wextra", "-Werror", "-o", "script", "script.c"],
        [os.environ.get("APXS") or "apxs", "-c", "-Wc,-Werror=implicit-function-declaration", "mod_turns.c"],
    ):
        made = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if made.returncode:
            raise RuntimeError(f"{' '.join(command)}:\n{made.stdout[-2000:]}")
    return Probes(folder / "script", folder / ".libs" / "mod_turns.so")
