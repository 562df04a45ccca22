# What a shell cannot do: listen, connect with a reason, ask a name server. The same in net.py.
use strict; use Socket qw(:DEFAULT getaddrinfo SOCK_STREAM SOCK_DGRAM); use Errno; use Fcntl; use POSIX ();
$| = 1; $SIG{PIPE} = "IGNORE";
my $what = shift @ARGV;
sub calm { fcntl($_[0], F_SETFL, O_NONBLOCK) }
sub bits { my $b = ""; vec($b, fileno($_), 1) = 1 for @_; $b }
sub ready { my ($b, $s) = @_; vec($b, fileno($s), 1) }
# Connects within some seconds: the socket, or nothing with $! set.
sub dial {
  my ($host, $port, $wait) = @_;
  my ($err, @found) = getaddrinfo($host, $port, { socktype => SOCK_STREAM });
  if ($err || !@found) { $! = 0; return (undef, "error", "$host: $err") }
  my @said = (undef, "error", "no address");
  for my $at (@found) {
    socket(my $c, $at->{family}, SOCK_STREAM, 0) or next;
    calm($c);
    my $fine = connect($c, $at->{addr});
    if (!$fine && $!{EINPROGRESS}) {
      my $w = bits($c);
      if (!select(undef, $w, undef, $wait)) { @said = (undef, "connection-timeout", "dial tcp $host:$port: i/o timeout"); next }
      $! = unpack("i", getsockopt($c, SOL_SOCKET, SO_ERROR));
      $fine = $! == 0;
    }
    return ($c, "connected", "") if $fine;
    @said = (undef, $!{ECONNREFUSED} ? "connection-refused" : $!{ETIMEDOUT} ? "connection-timeout" : "error", "dial tcp $host:$port: " . lc("$!"));
  }
  @said;
}
# Whether what is sent to an address comes back to a listener of ours.
sub verified {
  my ($s, $c, $ask, $answer, $own) = @_;
  my ($end, $back, %in, %got) = (time + 1, "");
  syswrite($c, $ask);
  while (time <= $end) {
    my $r = bits($s, $c, values %in);
    select($r, undef, undef, 0.5) or last;
    if (ready($r, $s) && accept(my $n, $s)) { $in{fileno($n)} = $n }
    for my $n (values %in) {
      next unless ready($r, $n);
      my $k = fileno($n);
      my $x;
      if (!sysread($n, $x, 4096)) { delete $in{$k}; next }
      $got{$k} .= $x;
      if (index($got{$k}, $own) >= 0) { syswrite($n, $answer); delete $in{$k} }
    }
    if (ready($r, $c)) {
      my $x;
      sysread($c, $x, 4096) or last;
      $back .= $x;
      return 1 if index($back, "back$own") >= 0;
    }
  }
  0;
}
sub pair {
  my ($n, $proto, $listen, $port, $host, $to, $wait, $path, $own) = @_;
  my $udp = $proto eq "udp";
  socket(my $s, PF_INET, $udp ? SOCK_DGRAM : SOCK_STREAM, 0);
  setsockopt($s, SOL_SOCKET, SO_REUSEADDR, pack("i", 1)) unless $udp;
  unless (bind($s, pack_sockaddr_in($port, inet_aton($listen))) && ($udp || listen($s, 16))) {
    my $said = "listen $proto $listen:$port: bind: " . lc("$!");
    return ($!{EADDRINUSE} ? "address-in-use" : $proto eq "http" && $!{EACCES} ? "bind-permission-denied" : "error", $said);
  }
  return ("connected", "") if $udp;
  my ($ask, $answer) = ("ask$own", "back$own");
  if ($proto eq "http") {
    $ask = "POST $path HTTP/1.1\r\nHost: $host:$to\r\nConnection: close\r\nContent-Length: " . length($own) . "\r\n\r\n$own";
    $answer = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " . length($answer) . "\r\n\r\n$answer";
  }
  my $end = time + $wait;
  my @last = ("connection-timeout", "connection timeout");
  while (1) {
    my ($c, $status, $said) = dial($host, $to, 0.5);
    if ($c) {
      return ("connected", "") if verified($s, $c, $ask, $answer, $own);
      @last = $proto eq "http" ? ("error", "another server answered") : ("connection-timeout", "connection timeout");
    } elsif ($status eq "connection-refused" || ($proto ne "http" && $status eq "error")) { return ($status, $said) }
    else { @last = ($status, $said) }
    return @last if time >= $end;
    select(undef, undef, undef, 0.5);
  }
}
if ($what eq "pair") {
  # Those of one port take turns, or they would be in each other's way.
  my %ports;
  for my $job (@ARGV) { my @job = split /,/, $job, -1; push @{$ports{$job[3]}}, \@job }
  for my $jobs (values %ports) {
    next if fork;
    for my $job (@$jobs) {
      my ($status, $said) = pair(@$job);
      syswrite(STDOUT, "$job->[0] $status $said\n");
    }
    POSIX::_exit(0);
  }
  1 while wait > 0;
} elsif ($what eq "connect") {
  my ($c, $status, $said) = dial(@ARGV);
  print "$status $said\n";
} elsif ($what eq "ask") {
  # All at once, by a socket each; what each is answered with, a line, in their order.
  my ($host, $port, $wait, @asked) = @ARGV;
  my ($err, $at) = getaddrinfo($host, $port, { socktype => SOCK_DGRAM });
  my (%open, %got);
  for my $i ($at ? 0 .. $#asked : ()) {
    socket(my $s, $at->{family}, SOCK_DGRAM, 0) or next;
    connect($s, $at->{addr}) or next;
    syswrite($s, pack("H*", $asked[$i])) and $open{$i} = $s;
  }
  while (%open) {
    my $r = bits(values %open);
    (my $n, $wait) = select($r, undef, undef, $wait);
    last unless $n > 0;
    for my $i (grep { ready($r, $open{$_}) } keys %open) {
      my $x;
      $got{$i} = unpack("H*", $x) if sysread($open{$i}, $x, 4096);
      delete $open{$i};
    }
  }
  print defined $got{$_} ? $got{$_} : "-", "\n" for 0 .. $#asked;
} elsif ($what eq "serve") {
  my ($host, $port, $wait) = @ARGV;
  my $at = pack_sockaddr_in($port, inet_aton($host));
  socket(my $u, PF_INET, SOCK_DGRAM, 0); socket(my $s, PF_INET, SOCK_STREAM, 0);
  bind($u, $at) or print "udp listen udp $host:$port: ", lc("$!"), "\n"; 
  bind($s, $at) && listen($s, 4) or print "tcp listen tcp $host:$port: ", lc("$!"), "\n";
  print "ready\n"; my ($end, %done) = (time + $wait);
  while (time < $end && keys %done < 2) {
    my $r = bits($u, $s); select($r, undef, undef, 1) or next;
    if (ready($r, $u)) { my $x; my $from = recv($u, $x, 2048, 0); send($u, $x, 0, $from); $done{u} = 1 }
    if (ready($r, $s) && accept(my $n, $s)) { my $x; sysread($n, $x, 2048) && syswrite($n, $x); $done{s} = 1 }
  }
} elsif ($what eq "ping") {
  my ($host, $port, $wait) = @ARGV;
  my $at = pack_sockaddr_in($port, inet_aton($host));
  for my $proto ("udp", "tcp") {
    next if fork;
    my ($c, $said);
    if ($proto eq "udp") { socket($c, PF_INET, SOCK_DGRAM, 0); connect($c, $at) or $said = lc("$!") }
    else { ($c, undef, $said) = dial($host, $port, $wait) }
    if ($c && !$said) {
      syswrite($c, "longshore") or $said = lc("$!");
      my $r = bits($c);
      if (!$said && !select($r, undef, undef, $wait)) { $said = "read $proto $host:$port: i/o timeout" }
      elsif (!$said) { my $x; sysread($c, $x, 64) or $said = "read $proto $host:$port: " . lc("$!") }
    }
    syswrite(STDOUT, "$proto $said\n");
    POSIX::_exit(0);
  }
  1 while wait > 0;
}
