"""Situations in which a client has content and waits for 100 Continue, and the httpd in which they arise: what nobody
reads, what is refused before anybody could, and what is read."""

from dataclasses import dataclass

NOBODY, REFUSED, READ = "nobody reads it", "refused before", "read"
MODULES = """
alias dir mime autoindex negotiation status info lua dav dav_fs cgi env rewrite authn_core authn_file auth_basic
authz_user allowmethods proxy proxy_fcgi
""".split()


@dataclass
class Situation:
    """`kind`: what becomes of the content. `fields`: more of the request's."""

    title: str
    method: str
    path: str
    kind: str
    fields: tuple = ()


SITUATIONS = [
    *(Situation(f"{method} a file", method, "/a.txt", NOBODY) for method in ("POST", "PUT", "PATCH", "DELETE", "GET")),
    Situation("GET a file, If-None-Match: *", "GET", "/a.txt", NOBODY, ("If-None-Match: *",)),
    *(Situation(f"{method} a missing path", method, "/missing.txt", NOBODY) for method in ("PUT", "POST", "DELETE")),
    Situation("POST a directory with index.html", "POST", "/index/", NOBODY),
    Situation("POST a directory without, -Indexes", "POST", "/no-index/", NOBODY),
    *(Situation(f"{method} a directory listing", method, "/listing/", NOBODY) for method in ("GET", "POST")),
    *(Situation(f"{method} {path}", method, path, NOBODY)
      for path in ("/server-status", "/server-status?auto", "/server-info") for method in ("GET", "POST")),
    Situation("POST a mod_lua handler that reads nothing", "POST", "/none.lua", NOBODY),
    Situation("POST a type-map", "POST", "/map.var", NOBODY),
    Situation("POST through MultiViews", "POST", "/views/page", NOBODY),
    Situation("POST a missing path, ErrorDocument 404", "POST", "/described/missing", NOBODY),
    Situation("POST a missing PHP script, guarded by -f", "POST", "/php-guarded/missing.php", NOBODY),
    Situation("DAV DELETE", "DELETE", "/dav/deleted.txt", NOBODY),
    Situation("DAV POST", "POST", "/dav/kept.txt", NOBODY),
    Situation("401", "POST", "/secret/a.txt", REFUSED),
    Situation("401, local ErrorDocument", "POST", "/secret-described/a.txt", REFUSED),
    Situation("403", "POST", "/denied/a.txt", REFUSED),
    Situation("403, local ErrorDocument", "POST", "/denied-described/a.txt", REFUSED),
    Situation("Redirect 301", "POST", "/moved", REFUSED),
    Situation("Redirect 410", "POST", "/gone", REFUSED),
    Situation("RewriteRule R=403", "POST", "/rewritten", REFUSED),
    Situation("AllowMethods", "POST", "/get-only/a.txt", REFUSED),
    Situation("LimitRequestBody", "POST", "/limited/a.txt", REFUSED),
    Situation("a missing CGI script", "POST", "/cgi/missing", REFUSED),
    Situation("POST a directory without its slash", "POST", "/index", REFUSED),
    Situation("DAV PUT, If-Match", "PUT", "/dav/kept.txt", REFUSED, ('If-Match: "another"',)),
    Situation("DAV PUT, If-None-Match: *", "PUT", "/dav/kept.txt", REFUSED, ("If-None-Match: *",)),
    Situation("DAV PUT, a bad If", "PUT", "/dav/kept.txt", REFUSED, ("If: (<opaquelocktoken:none>)",)),
    Situation("DAV PUT, no parent", "PUT", "/dav/nowhere/new.txt", REFUSED),
    Situation("DAV PUT on a collection", "PUT", "/dav/folder/", REFUSED),
    Situation("DAV PUT, a bad Content-Range", "PUT", "/dav/kept.txt", REFUSED, ("Content-Range: nonsense",)),
    Situation("MKCOL with content", "MKCOL", "/dav/new-folder", REFUSED),
    Situation("MOVE with content", "MOVE", "/dav/nothing.txt", REFUSED, ("Destination: /dav/other.txt",)),
    Situation("DAV PUT of a new file", "PUT", "/dav/new.txt", READ),
    Situation("PROPFIND, content that is no XML", "PROPFIND", "/dav/kept.txt", READ),
    Situation("a CGI script", "POST", "/cgi/count", READ),
    Situation("a PHP script", "POST", "/php/count.php", READ),
    # It is PHP-FPM that says so, once it has the request and its content.
    Situation("a missing PHP script", "POST", "/php/missing.php", READ),
]

SITE = """
TypesConfig /dev/null
AddType text/html .html
<Directory "@ROOT@">
    Options FollowSymLinks
    Require all granted
</Directory>
DirectoryIndex index.html
<Directory "@DOCUMENTS@/listing">
    Options Indexes
</Directory>
<Directory "@DOCUMENTS@/views">
    Options MultiViews
</Directory>
AddHandler type-map .var
AddHandler lua-script .lua
<Location "/server-status">
    SetHandler server-status
</Location>
<Location "/server-info">
    SetHandler server-info
</Location>
<LocationMatch "-described/|^/described/">
    ErrorDocument 401 /error.html
    ErrorDocument 403 /error.html
    ErrorDocument 404 /error.html
</LocationMatch>
<LocationMatch "^/secret">
    AuthType Basic
    AuthName secret
    AuthBasicProvider file
    AuthUserFile "@ROOT@/users"
    Require valid-user
</LocationMatch>
<LocationMatch "^/denied">
    Require all denied
</LocationMatch>
Redirect permanent /moved /a.txt
Redirect gone /gone
RewriteEngine On
RewriteRule "^/rewritten" "-" [R=403]
<Location "/get-only">
    AllowMethods GET
</Location>
<Location "/limited">
    LimitRequestBody 10
</Location>
ScriptAlias /cgi/ "@ROOT@/cgi/"
DavLockDB "@ROOT@/dav/../locks/locks"
Alias /dav/ "@ROOT@/dav/"
<Directory "@ROOT@/dav">
    Dav On
</Directory>
Alias /php/ "@ROOT@/php/"
Alias /php-guarded/ "@ROOT@/php/"
<LocationMatch "^/php/.*\\.php$">
    SetHandler "proxy:fcgi://127.0.0.1:@PHP_PORT@"
</LocationMatch>
<LocationMatch "^/php-guarded/.*\\.php$">
    <If "-f %{REQUEST_FILENAME}">
        SetHandler "proxy:fcgi://127.0.0.1:@PHP_PORT@"
    </If>
</LocationMatch>
"""

FILES = {
    **{f"documents/{name}": "a\n" for name in (
        "a.txt", "index/index.html", "no-index/a.txt", "listing/a.txt", "views/page.html", "error.html", "secret/a.txt",
        "secret-described/a.txt", "denied/a.txt", "denied-described/a.txt", "get-only/a.txt", "limited/a.txt")},
    "documents/map.var": "URI: a.txt\nContent-Type: text/plain\n",
    "documents/none.lua": 'function handle(r)\n r:puts("none\\n")\n return apache2.OK\nend\n',
    "cgi/count": "#!/bin/sh\ncount=$(wc -c)\nprintf 'Content-Type: text/plain\\nContent-Length: %d\\n\\n%s' ${#count} \"$count\"\n",
    "php/count.php": '<?php header("Content-Type: text/plain"); echo strlen(file_get_contents("php://input"));\n',
    "users": "",
    "dav/kept.txt": "kept\n",
    "dav/folder/a.txt": "a\n",
    "locks/none": "",
}
