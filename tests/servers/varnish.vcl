vcl 4.1;
# Varnish in front of httpd with mod_expect: Varnish judges the Expect field itself, before any VCL runs.
backend httpd {
    .host = "127.0.0.1";
    .port = "@HTTPD_PORT@";
}
