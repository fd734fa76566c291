"""What a request of the matrix is for: method, path, and what becomes of the content there."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Handler:
    """`reads`: something there wants the content; nobody asks for it otherwise. `includes`: a script that another
    page includes, which must not see the content. `same_body`: two servers answer with the same bytes. `left_alone`:
    mod_expect leaves such requests to httpd. `chunks`: it reads chunked content, too. `limited`: LimitRequestBody in <If>
    comes in time. `file`: a file of the DAV folder that has to be there
    first; {cell} in `path` and `file` is the cell's number. `fields`: more lines of the request."""

    method: str
    path: str
    reads: bool = False
    includes: bool = False
    same_body: bool = True
    left_alone: bool = False
    chunks: bool = True
    limited: bool = True
    file: str = ""
    fields: tuple = field(default=())


HANDLERS = {
    "static": Handler("POST", "/a.txt"),
    "static-get": Handler("GET", "/a.txt"),
    "missing": Handler("POST", "/missing.txt"),
    "cgi-all": Handler("POST", "/cgi/all", reads=True),
    # mod_cgi and mod_cgid read the content to its end whatever the script does; what the script read is chance.
    "cgi-some": Handler("POST", "/cgi/some", reads=True, same_body=False),
    "cgi-none": Handler("POST", "/cgi/none", reads=True),
    "cgi-refuses": Handler("POST", "/cgi/refuses", reads=True),
    "cgi-missing": Handler("POST", "/cgi/nowhere"),
    "dav-put": Handler("PUT", "/dav/put-{cell}.txt", reads=True),
    "dav-put-412": Handler("PUT", "/dav/kept.txt", fields=('If-Match: "other"',)),
    "dav-delete": Handler("DELETE", "/dav/delete-{cell}.txt", file="delete-{cell}.txt"),
    "dav-propfind": Handler("PROPFIND", "/dav/kept.txt", reads=True, same_body=False),
    "proxy-reads": Handler("POST", "/proxy/reads", reads=True, limited=False),
    "proxy-early": Handler("POST", "/proxy/early", reads=True, limited=False),
    "fcgi-reads": Handler("POST", "/fcgi/reads", reads=True, limited=False),
    "fcgi-early": Handler("POST", "/fcgi/early", reads=True, limited=False),
    "index": Handler("POST", "/index/"),
    "index-get": Handler("GET", "/index/"),
    "listing": Handler("POST", "/listing/"),
    "listing-get": Handler("GET", "/listing/"),
    "no-listing": Handler("POST", "/no-listing/"),
    "header-name": Handler("GET", "/header-name/", includes=True),
    "status": Handler("POST", "/server-status", same_body=False),
    "status-get": Handler("GET", "/server-status", same_body=False),
    "info": Handler("POST", "/server-info", same_body=False),
    "lua-none": Handler("POST", "/lua/none"),
    "lua-reads": Handler("POST", "/lua/reads", reads=True, chunks=False),
    "ssi": Handler("POST", "/inc.shtml", includes=True),
    "ssi-get": Handler("GET", "/inc.shtml", includes=True),
    "rewrite-cgi": Handler("POST", "/rewrite/cgi", reads=True),
    "rewrite-static": Handler("POST", "/rewrite/static"),
    "action": Handler("POST", "/action/file.acted", reads=True),
    "script-post": Handler("POST", "/script/", reads=True),
    "reflector": Handler("POST", "/reflector", reads=True),
    "type-map": Handler("POST", "/map.var"),
    "multiviews": Handler("POST", "/multi/views"),
    "cached": Handler("GET", "/cached/a.txt"),
    "cached-post": Handler("POST", "/cached/a.txt"),
    "filtered": Handler("POST", "/filtered/a.txt", left_alone=True),
    "redirect": Handler("POST", "/redirect"),
    "unauthorised": Handler("POST", "/secret/a.txt"),
    "turns-done": Handler("POST", "/turns-done"),
    "turns-declined": Handler("POST", "/turns-declined"),
    "turns-suspended": Handler("POST", "/turns-suspended", left_alone=True),
    "turns-nonblock": Handler("POST", "/turns-nonblock", left_alone=True),
    "turns-refuses": Handler("POST", "/turns-refuses"),
    "turns-reads": Handler("POST", "/turns-reads", reads=True),
}
