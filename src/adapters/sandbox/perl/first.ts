/**
 * A step without bubblewrap. The words of descriptor 4, each ended by NUL: where the ground is, the name of the host, the user's number,
 * the working folder; the view's entries, `end`; how many variables, and each as name and value; the command. The filter is read from
 * descriptor 5, and `{"exit-code": n}` is written to 3 when the command has ended. The first process of the step's namespace stays for as
 * long as something that the command left behind lives.
 */
export const FIRST = String.raw`
sub slurp { my ($descriptor) = @_; open(my $f, '<&=', $descriptor) or fail('input'); binmode $f; local $/; return scalar <$f> }

# In the namespace of the step, its first process: it builds the view, maps the user of the command, and waits.
sub first { my ($said, $host, $user, $cwd, $entries, $environment, $command, $filter) = @_;
  open(my $report, '>&=', 3) or fail('report');
  # Here and not before: what traces the step keeps the mounts of the job, with their /proc.
  ask('unshare', $NEWNS | $NEWCGROUP | $NEWUTS | $NEWIPC);
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
    close $mapping; close $trouble; close $report; close $said if $said; $failed = $troubled;
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
    syswrite($report, '{"exit-code": ' . ($? & 127 ? 128 + ($? & 127) : $? >> 8) . "}\n") unless $bad;
    close $report; undef $report;
    close $said if $said } }

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
  my $missing = $!{ENOENT};
  print STDERR "$command->[0]: ", ($missing ? 'command not found' : "cannot be executed: $!"), "\n";
  exit($missing ? 127 : 126) }

# Reads what is to be done, and gives what does it in the process that is started next.
sub prepared {
  my @words = split /\0/, slurp(4), -1; pop @words;
  my $filter = slurp(5);
  my $until = sub { my @some; while (defined(my $word = shift @words)) { last if $word eq 'end'; push @some, $word } return \@some };
  $base = shift @words;
  my ($host, $user, $cwd) = splice @words, 0, 3;
  my ($entries, $environment) = ($until->(), [splice @words, 0, 2 * shift @words]);
  ask('unshare', $NEWPID);
  return sub { first($_[0], $host, $user, $cwd, $entries, $environment, [@words], $filter); exit 0 } }
`;
