#!/usr/bin/perl
# Stands between a virtual machine and its network: what the machine sends comes in, what is for another than a cloud's metadata
# service goes out. A host in a cloud would answer there with its own name, keys and start-up script, and Kairos asks at each boot.
# Usage: cut-cloud.pl < SENT > PASSED 3> ANSWERED    All three as QEMU's filter-redirector has them: a frame of Ethernet, and
# before it its length in 4 bytes. ANSWERED is for the machine: that what it asked for is prohibited, so that it does not wait.
use strict;
use warnings;
use IO::Handle;

# IPv4: link-local, which is every cloud's service but one, and Azure's WireServer. IPv6: those of AWS and Google.
my $ipv4 = qr/\A.{12}\x08\x00.{16}(?:\xa9\xfe|\xa8\x3f\x81\x10)/s;
my $ipv6 = qr/\A.{12}\x86\xdd.{24}(?:\xfd\x00\x0e\xc2|\xfd\x20\x00\xce)\0{10}\x02\x54/s;

sub checksum {
    my $sum = unpack '%32n*', $_[0];
    $sum = ($sum & 0xffff) + ($sum >> 16) for 1, 2;
    return pack 'n', ~$sum & 0xffff;
}

# ICMP: destination unreachable, communication administratively prohibited; with the header and 8 bytes of what was sent.
sub prohibited {
    my ($frame) = @_;
    my $cause = substr $frame, 14, (ord(substr $frame, 14, 1) & 15) * 4 + 8;
    my $icmp = pack('CC', 3, 13) . "\0" x 6 . $cause;
    substr($icmp, 2, 2) = checksum($icmp);
    my $ip = pack('CCnnnCC', 0x45, 0, 20 + length $icmp, 0, 0, 64, 1) . "\0\0" . substr($frame, 30, 4) . substr($frame, 26, 4);
    substr($ip, 10, 2) = checksum($ip);
    return substr($frame, 6, 6) . substr($frame, 0, 6) . "\x08\x00$ip$icmp";
}

# Both directions wait in here and never for each other: the emulator does nothing else while it waits for this program.
open my $answers, '>&=', 3 or die "cut-cloud: there is no file 3: $!\n";
my ($in, $passed, $answered) = ('', '', '');
my @ways = ([\*STDOUT, \$passed], [$answers, \$answered]);
$_->[0]->blocking(0) for @ways;
my $open = 1;
while ($open || length $passed || length $answered) {
    my ($read, $write) = ('', '');
    vec($read, fileno STDIN, 1) = $open;
    vec($write, fileno $_->[0], 1) = 1 for grep { length ${ $_->[1] } } @ways;
    # Once the machine is gone nobody reads any more, and what waits would wait for ever.
    last unless select $read, $write, undef, $open ? undef : 2;
    for my $way (@ways) {
        my ($to, $waiting) = @$way;
        substr($$waiting, 0, syswrite($to, $$waiting) // 0) = '' if length $$waiting;
    }
    next unless vec $read, fileno STDIN, 1;
    $open = sysread(STDIN, $in, 65536, length $in) ? 1 : 0;
    while (length $in >= 4 && length $in >= (my $end = 4 + unpack 'N', $in)) {
        my $frame = substr $in, 4, $end - 4;
        if ($frame =~ $ipv4) {
            my $answer = ord(substr $frame, 23, 1) =~ /\A(?:6|17)\z/ ? prohibited($frame) : '';
            $answered .= pack('N', length $answer) . $answer if length $answer;
        } elsif ($frame !~ $ipv6) {
            $passed .= substr $in, 0, $end;
        }
        substr($in, 0, $end) = '';
    }
}
