/**
 * A program in Perl for what no program of util-linux does: a filter of seccomp, an unprivileged user on top of the mounts,
 * and a first process that outlives its command. Perl's base package is on every Debian and Ubuntu and can ask the kernel for
 * all of it; numbers and constants are those of the kernel's headers, and Linux 5.12 is needed (mount_setattr on whole trees).
 *
 * `ARCH holder ROOT FROM TO ACCESS… -- RELAY…` is the first process of a job: mounts /proc and, below ROOT, the ground; brings
 * the loopback up, runs the relay, and collects what ends.
 *
 * `ARCH step` reads words from descriptor 4, each ended by NUL: where the ground is, the name of the host, the user's
 * number, the working folder; the view's entries, `end`; how many variables, and each as name and value; the command. The filter is read from
 * descriptor 5, and `{"exit-code": n}` is written to 3 when the command has ended. The process then ends, while the first
 * process of the step's namespace stays for as long as something that the command left behind lives.
 */
export const FIRST_PROCESS = String.raw`
use strict;
my $arch = shift;
my %n = (openat2 => 437, close_range => 436, mount_setattr => 442, $arch eq 'x64'
  ? (unshare => 272, mount => 165, umount => 166, pivot => 155, prctl => 157, capset => 126, setsid => 112, sethost => 170)
  : (unshare => 97, mount => 40, umount => 39, pivot => 41, prctl => 167, capset => 91, setsid => 157, sethost => 161));
my ($RDONLY, $NOSUID, $NODEV, $NOEXEC, $BIND, $REC, $PRIVATE) = (1, 2, 4, 8, 4096, 16384, 1 << 18);
my ($NEWNS, $NEWCGROUP, $NEWUTS, $NEWIPC, $NEWUSER, $NEWPID) =
  (0x20000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000);
my $failed;

sub fail { print STDERR "sandbox: $_[0]: $!\n"; syswrite($failed, 'x') if $failed; exit 125 }
sub ask { my ($name, @args) = @_; my $got = syscall($n{$name}, @args); fail($name) if $got < 0; return $got }
sub text { my ($value) = @_; return "$value" }
sub mount { my ($from, $to, $type, $flags, $data) = @_; ask('mount', text($from), text($to), text($type), $flags, $data // 0) }
sub restrict { my ($at, $set, $deep) = @_;
  ask('mount_setattr', -100, text($at), $deep ? 0x8000 : 0, pack('Q4', $set, 0, 0, 0), 32) }
sub put { my ($file, $what) = @_;
  open(my $f, '>', $file) or fail($file); defined(syswrite($f, $what)) or fail($file); close($f) or fail($file) }
sub slurp { my ($descriptor) = @_; open(my $f, '<&=', $descriptor) or fail('input'); binmode $f; local $/; return scalar <$f> }

# Below $base, without following any link, since a job may have placed one; makes what is missing. As a path of /proc/self/fd.
my $base;
sub below { my ($relative) = @_;
  my ($path, $how) = ("$base/$relative", pack('Q3', 0x280000, 0, 4));
  my $got = syscall($n{openat2}, -100, $path, $how, 24);
  return $got < 0 ? undef : "/proc/self/fd/$got" }
sub place { my ($to, $folder) = @_;
  my ($at, $walked) = ($base, '');
  my @parts = grep { $_ ne '' } split m{/}, $to;
  while (defined(my $part = shift @parts)) {
    $walked .= "/$part";
    my $next = below($walked);
    if (!defined $next) {
      fail($to) unless $!{ENOENT};
      if (@parts || $folder) { mkdir("$at/$part", 0755) or fail($to) } else { put("$at/$part", '') }
      $next = below($walked) // fail($to);
    }
    $at = $next;
  }
  return $at }
sub bind_on { my ($from, $to, $set) = @_; mount($from, $to, '', $BIND | $REC) ; restrict("$base$_[3]", $set, 1) }

sub entry { my ($kind, $words) = @_;
  if ($kind eq 'bind') { my ($from, $to, $access) = splice @$words, 0, 3;
    bind_on($from, place($to, -d $from), $NOSUID | $NODEV | ($access eq 'read' ? $RDONLY : 0), $to) }
  elsif ($kind eq 'tmpfs') { my ($to, $mode) = splice @$words, 0, 2;
    mount('tmpfs', place($to, 1), 'tmpfs', $NOSUID | $NODEV, text("mode=$mode")) }
  elsif ($kind eq 'proc') { mount('proc', place('/proc', 1), 'proc', $NOSUID | $NODEV | $NOEXEC) }
  elsif ($kind eq 'dev') { devices() }
  else { $! = 22; fail("entry $kind") } }

sub devices {
  mount('tmpfs', place('/dev', 1), 'tmpfs', $NOSUID, text('mode=755'));
  bind_on("/dev/$_", place("/dev/$_", 0), $NOSUID | $RDONLY, "/dev/$_") for qw(null zero full random urandom tty);
  mount('devpts', place('/dev/pts', 1), 'devpts', $NOSUID | $NOEXEC, text('newinstance,ptmxmode=0666,mode=620'));
  my %links = (fd => '/proc/self/fd', stdin => '/proc/self/fd/0', stdout => '/proc/self/fd/1', stderr => '/proc/self/fd/2',
    ptmx => 'pts/ptmx', core => '/proc/kcore');
  symlink($links{$_}, "$base/dev/$_") or fail("/dev/$_") for sort keys %links;
  place('/dev/shm', 1) }

sub holder {
  ask('mount', text('none'), text('/'), 0, $REC | $PRIVATE, 0);
  mount('proc', '/proc', 'proc', $NOSUID | $NODEV | $NOEXEC);
  $base = shift;
  while ((my $from = shift) ne '--') { my ($to, $access) = (shift, shift); $to = '' if $to eq '/';
    bind_on($from, "$base$to", $NOSUID | $NODEV | ($access eq 'read' ? $RDONLY : 0), $to) }
  socket(my $s, 2, 2, 0) or fail('socket');
  my $request = pack('a16 s x22', 'lo', 0x41);
  ioctl($s, 0x8914, $request) or fail('loopback');
  defined(my $relay = fork) or fail('fork');
  if ($relay == 0) { exec { $_[0] } @_ or fail($_[0]) }
  while ((my $pid = wait) > 0) { exit($? >> 8) if $pid == $relay } }

# In the namespace of the step, its first process: it builds the view, maps the user of the command, and waits.
sub first { my ($report, $host, $user, $cwd, $entries, $environment, $command, $filter) = @_;
  ask('sethost', text($host), length $host);
  ask('mount', text('none'), text('/'), 0, $REC | $PRIVATE, 0);
  my @sealed;
  while (defined(my $kind = shift @$entries)) { $kind eq 'seal' ? push(@sealed, shift @$entries) : entry($kind, $entries) }
  chdir $base or fail('chdir');
  ask('pivot', text('.'), text('.'));
  ask('umount', text('.'), 2);
  chdir '/' or fail('chdir');
  pipe(my $made, my $making) and pipe(my $mapped, my $mapping) and pipe(my $trouble, my $troubled) or fail('pipe');
  defined(my $pid = fork) or fail('fork');
  if ($pid == 0) {
    close $mapping; close $trouble; close $report; $failed = $troubled;
    ask('unshare', $NEWUSER);
    syswrite($making, 'u'); sysread($mapped, my $go, 1) == 1 or fail('first process');
    become($cwd, $environment, $command, $filter) }
  close $making; close $mapped; close $troubled;
  sysread($made, my $go, 1) == 1 or exit 125;
  put("/proc/$pid/setgroups", 'deny'); put("/proc/$pid/uid_map", "$user 0 1"); put("/proc/$pid/gid_map", "$user 0 1");
  restrict($_, $RDONLY, 0) for @sealed, '/';
  powerless(0);
  syswrite($mapping, 'g');
  my $bad = sysread($trouble, my $x, 1);
  while ((my $ended = wait) > 0) {
    next unless $ended == $pid && $report;
    syswrite($report, ($? & 127 ? 128 + ($? & 127) : $? >> 8) . "\n") unless $bad;
    close $report; undef $report } }

sub powerless { my ($bounds) = @_;
  if ($bounds) { syscall($n{prctl}, 24, $_, 0, 0, 0) for 0 .. 63 }
  ask('prctl', 38, 1, 0, 0, 0);
  ask('prctl', 47, 4, 0, 0, 0);
  ask('capset', pack('L2', 0x20080522, 0), pack('L6', 0, 0, 0, 0, 0, 0)) }

sub become { my ($cwd, $environment, $command, $filter) = @_;
  powerless(1);
  ask('setsid');
  chdir $cwd or fail($cwd);
  %ENV = @$environment;
  ask('close_range', 3, 0x7fffffff, 4);
  my $program = pack('S x6 P', length($filter) / 8, $filter);
  ask('prctl', 22, 2, $program, 0, 0);
  no warnings;
  exec { $command->[0] } @$command;
  print STDERR "$command->[0]: $!\n"; exit($!{ENOENT} ? 127 : 126) }

sub step {
  my @words = split /\0/, slurp(4), -1; pop @words;
  my $filter = slurp(5);
  my $until = sub { my @some; while (defined(my $word = shift @words)) { last if $word eq 'end'; push @some, $word } return \@some };
  $base = shift @words;
  my ($host, $user, $cwd) = splice @words, 0, 3;
  my ($entries, $environment) = ($until->(), [splice @words, 0, 2 * shift @words]);
  ask('unshare', $NEWNS | $NEWCGROUP | $NEWUTS | $NEWIPC | $NEWPID);
  pipe(my $said, my $report) or fail('pipe');
  defined(my $pid = fork) or fail('fork');
  if ($pid == 0) {
    close $said; open(my $status, '<&=', 3); close $status;
    first($report, $host, $user, $cwd, $entries, $environment, [@words], $filter); exit 0 }
  close $report;
  my $code = <$said>;
  exit 125 unless defined $code;
  chomp $code;
  open(my $status, '>&=', 3) or fail('status');
  syswrite($status, "{\"exit-code\": $code}\n"); exit $code }

my $what = shift;
$0 = "sandbox $what";
$what eq 'holder' ? holder(@ARGV) : step();
`;
