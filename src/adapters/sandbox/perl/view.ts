/**
 * Mounts, and what becomes of the process that makes them: builds the view of a job or a step. Linux 5.12 is needed (mount_setattr
 * on whole trees). No link on the way to a mount point is followed, since a job may have placed one.
 */
export const VIEW = String.raw`
my ($RDONLY, $NOSUID, $NODEV, $NOEXEC, $BIND, $REC, $PRIVATE) = (1, 2, 4, 8, 4096, 16384, 1 << 18);
my ($NEWNS, $NEWCGROUP, $NEWUTS, $NEWIPC, $NEWUSER, $NEWPID) =
  (0x20000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000);
sub mount { my ($from, $to, $type, $flags, $data) = @_; ask('mount', text($from), text($to), text($type), $flags, $data // 0) }
sub restrict { my ($at, $set, $deep) = @_;
  ask('mount_setattr', -100, text($at), $deep ? 0x8000 : 0, pack('Q4', $set, 0, 0, 0), 32) }
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
`;
