"""The configuration, documents and scripts of the matrix's httpd: each handler at its path, each policy and each kind
of ErrorDocument as a virtual host of its own, in cleartext and behind TLS."""

import os
import shutil
import subprocess
from pathlib import Path

from dimensions import ERROR_DOCUMENTS, POLICIES, STATUSES

HERE = Path(__file__).resolve().parent

# mod_cache comes first: its handler hook must not run twice, whatever the order.
MODULES = """
cache cache_socache socache_shmcb unixd authn_core authz_core authz_user auth_basic authn_file log_config env headers
alias mime dir autoindex negotiation dav dav_fs proxy proxy_http proxy_fcgi status info lua include rewrite actions
reflector buffer ssl
""".split()

FRAME = """
ServerRoot "{root}"
PidFile "{root}/httpd.pid"
DefaultRuntimeDir "{root}"
ErrorLog "{root}/error.log"
LogLevel notice
# Longer than the longest time that a client waits for what is due at once.
Timeout 40
KeepAliveTimeout 30
MaxKeepAliveRequests 0
ServerName localhost
{user}
{modules}
Listen 127.0.0.1:{port}
Listen 127.0.0.1:{tls_port}
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
LogFormat "%{{remote}}p\\t%{{X-Cell}}i\\t%r\\t%>s\\t%X" matrix
CustomLog "{root}/access.log" matrix
# Each answer says which request it answers.
Header always set X-Answers "expr=%{{THE_REQUEST}}"
SetEnv MATRIX_LOG "{root}/scripts.log"
SSLCertificateFile "{root}/server.pem"
SSLSessionCache none

DocumentRoot "{root}/documents"
<Directory "{root}">
    Options FollowSymLinks
    AllowOverride None
</Directory>
<Location "/">
    Require expr "%{{QUERY_STRING}} !~ /denied/"
</Location>
<If "-n req('X-Limit')">
    LimitRequestBody 10
</If>
DirectoryIndex index.html
TypesConfig /dev/null
AddType text/plain .txt
AddType text/html .html .shtml .cgi
ScriptAlias /cgi/ "{root}/cgi/"
<Directory "{root}/documents">
    Options Includes FollowSymLinks ExecCGI
    AddHandler server-parsed .shtml
    AddOutputFilter INCLUDES .shtml
    AddHandler cgi-script .cgi
    AddHandler type-map .var
    AddHandler lua-script .lua
    LuaScope request
</Directory>
<Directory "{root}/documents/listing">
    Options Indexes
</Directory>
<Directory "{root}/documents/header-name">
    Options Indexes ExecCGI
    HeaderName header.cgi
</Directory>
<Directory "{root}/documents/multi">
    Options MultiViews
</Directory>
<Directory "{root}/documents/rewrite">
    RewriteEngine On
    RewriteRule ^cgi$ /cgi/all
    RewriteRule ^static$ /a.txt
</Directory>
<Directory "{root}/documents/action">
    AddHandler acted .acted
    Action acted /cgi/all
</Directory>
<Directory "{root}/documents/script">
    Script POST /cgi/all
</Directory>
<Directory "{root}/documents/filtered">
    SetInputFilter BUFFER
</Directory>
DavLockDB "{root}/dav-locks/locks"
Alias /dav/ "{root}/dav/"
<Directory "{root}/dav">
    Dav On
</Directory>
Alias /lua/none "{root}/documents/none.lua"
Alias /lua/reads "{root}/documents/reads.lua"
ProxyPass /proxy/ http://127.0.0.1:{http_backend}/
ProxyPass /fcgi/ fcgi://127.0.0.1:{fcgi_backend}/
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
    AuthUserFile "{root}/users"
    Require user nobody-has-it
</Location>
CacheQuickHandler off
CacheSocache shmcb
CacheEnable socache /cached/
CacheIgnoreNoLastMod On
{turns}
"""

TURNS = ("done", "declined", "suspended", "nonblock", "refuses", "reads")

HOST = """<VirtualHost *:{port}>
ServerName {name}
{tls}
{errors}
<IfModule mod_expect.c>
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


def text(policies=tuple(POLICIES), **places):
    """`places`: root, port, tls_port, http_backend, fcgi_backend, user, modules."""
    turns = "\n".join(f'<Location "/turns-{name}">\nSetHandler turns-{name}\n</Location>' for name in TURNS)
    return "\n".join([FRAME.format(turns=turns, **places), *hosts(places["port"], False, policies),
                      *hosts(places["tls_port"], True, policies)])


DOCUMENTS = {
    "a.txt": "a\n",
    "error.txt": "the path\n",
    "inc.shtml": 'before <!--#include virtual="/cgi/included" --> after\n',
    "error.shtml": 'error <!--#include virtual="/cgi/error-included" --> page\n',
    "index/index.html": "index\n",
    "listing/one.txt": "one\n",
    "no-listing/one.txt": "one\n",
    "header-name/one.txt": "one\n",
    "multi/views.html": "views\n",
    "map.var": "URI: a.txt\nContent-Type: text/plain\n",
    "rewrite/other.txt": "other\n",
    "action/file.acted": "acted\n",
    "script/one.txt": "one\n",
    "cached/a.txt": "cached\n",
    "filtered/a.txt": "filtered\n",
    "secret/a.txt": "secret\n",
    "turns-declined": "declined\n",
    "none.lua": 'function handle(r)\n r.content_type = "text/plain"\n r:puts("none\\n")\n return apache2.OK\nend\n',
    "reads.lua": 'function handle(r)\n r.content_type = "text/plain"\n local body = r:requestbody() or ""\n'
                 ' r:puts("read " .. #body .. "\\n")\n return apache2.OK\nend\n',
}
SCRIPTS = ("cgi/all", "cgi/some", "cgi/none", "cgi/refuses", "cgi/included", "cgi/error-status", "cgi/error-reads",
           "cgi/error-included", "documents/header-name/header.cgi")


def write_files(root, script):
    """`script` is the compiled program of probe/script.c."""
    for name, text in DOCUMENTS.items():
        file = root / "documents" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    for name in SCRIPTS:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(script, file)
        file.chmod(0o755)
    for name in ("dav", "dav-locks"):
        (root / name).mkdir()
        (root / name).chmod(0o777)
    (root / "dav" / "kept.txt").write_text("kept\n")
    (root / "users").write_text("")
    (root / "scripts.log").write_text("")
    (root / "scripts.log").chmod(0o666)


def build_probes(folder):
    """The script and the probe module, compiled once a run: (script, module)."""
    folder.mkdir(parents=True, exist_ok=True)
    for source in (HERE / "probe").iterdir():
        shutil.copy(source, folder)
    commands = (
        ["cc", "-O1", "-Wall", "-Wextra", "-Werror", "-o", "script", "script.c"],
        [os.environ.get("APXS", "apxs"), "-c", "mod_turns.c"],
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
         "30", "-subj", "/CN=localhost", "-keyout", "key.pem", "-out", "certificate.pem"],
    )
    for command in commands:
        made = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if made.returncode:
            raise RuntimeError(f"{' '.join(command)}:\n{made.stdout[-2000:]}")
    (folder / "server.pem").write_text((folder / "key.pem").read_text() + (folder / "certificate.pem").read_text())
    return folder / "script", folder / ".libs" / "mod_turns.so"
