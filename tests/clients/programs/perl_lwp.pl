# Perl's LWP. It waits two seconds for the 100.
use strict;
use warnings;
use LWP::UserAgent;

my ($url, $expectation, $file) = @ARGV;
my $agent = LWP::UserAgent->new(timeout => 20);
my $request = HTTP::Request->new($file ? 'POST' : 'GET', $url, [Expect => $expectation]);
if ($file) {
    open(my $content, '<:raw', $file) or die "$file: $!\n";
    local $/;
    $request->content(<$content>);
}
my $response = $agent->request($request);
# LWP makes up a 500 where it got no answer.
die $response->status_line, "\n" if $response->header('Client-Warning');
print $response->code, "\n", $response->decoded_content;
