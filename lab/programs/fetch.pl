# A page fetched as Perl programs do it: `fetch.pl WAY URL [CERTIFICATE]`. WAY is lwp or socket.
use strict;
use warnings;
my ($way, $url, $name) = @ARGV;
my %pair = $name ? (SSL_cert_file => "$name.pem", SSL_key_file => "$name.key") : ();
if ($way eq "lwp") {
    require LWP::UserAgent;
    my $agent = LWP::UserAgent->new(timeout => 5, ssl_opts => {SSL_ca_file => "root.crt", verify_hostname => 1, %pair});
    my $answer = $agent->get($url);
    $answer->is_success or die $answer->status_line, "\n", $answer->decoded_content;
    print "HTTP ", $answer->code, "\n";
} else {
    require IO::Socket::SSL;
    my ($at) = $url =~ m{//([^/]+)};
    my $socket = IO::Socket::SSL->new(PeerAddr => $at, Timeout => 5, SSL_ca_file => "root.crt", %pair)
        or die "cannot connect to $at: $!, $IO::Socket::SSL::SSL_ERROR";
    print $socket "GET / HTTP/1.0\r\n\r\n";
    defined(my $line = <$socket>) or die "cannot read: $!, $IO::Socket::SSL::SSL_ERROR";
    print $line;
}
