/**
 * Follows a process and all that it starts, and stops it at three things only: a new process, a program that was started (told by the
 * kernel after the fact) and, by the filter of seccomp, `connect`. Writes lines to a descriptor: `x PATH`, `c HOST PORT`, and `end`
 * when the command has ended. Bytes of a path that could end a line or a word come as three octal digits. Where the tracer is ended,
 * the kernel ends what it traces (PTRACE_O_EXITKILL): nothing goes on unseen.
 */
export const TRACER = String.raw`
my ($CONT, $EVENT, $SEIZE, $LISTEN, $CALL) = (7, 0x4201, 0x4206, 0x4208, 0x420e);
my ($FORKS, $EXEC, $SECCOMP, $EXITKILL) = (0x0e, 0x10, 0x80, 0x100000);

sub memory { my ($pid, $at, $length) = @_;
  open(my $f, '<:unix', "/proc/$pid/mem") or return '';
  sysseek($f, $at, 0) or return '';
  sysread($f, my $bytes, $length) or return '';
  return $bytes }

# The name by which it was started, which for a script is not that of the file that runs; it lies where the kernel put it just now.
sub program { my ($pid) = @_;
  my $name = '';
  my ($f, $pairs);
  if (open($f, '<:unix', "/proc/$pid/auxv") and sysread($f, $pairs, 4096)) {
    my %value = unpack('Q*', $pairs);
    my ($at, $left) = ($value{31} // 0, 4096);
    # Up to the end of a page at a time: the next may not be there.
    while ($at && $left > 0) {
      my $piece = memory($pid, $at, 4096 - $at % 4096);
      last if $piece eq '';
      my $end = index($piece, "\0");
      $name .= $end < 0 ? $piece : substr($piece, 0, $end);
      last if $end >= 0;
      $at += length $piece; $left -= length $piece } }
  $name = readlink("/proc/$pid/exe") // '?' if $name eq '' || $name =~ m{^/(?:proc|dev)/};
  $name =~ s/([^\x21-\x5b\x5d-\x7e])/sprintf '\\%03o', ord $1/ge;
  return $name }

sub destination { my ($pid) = @_;
  my $about = "\0" x 88;
  return if syscall($n{ptrace}, $CALL, $pid, 88, $about) < 80;
  my ($call, undef, $at, $length) = unpack('x24 Q4', $about);
  return unless $call == $n{connect};
  my $address = memory($pid, $at, $length < 28 ? $length : 28);
  return if length $address < 8;
  my ($family, $port) = unpack('S n', $address);
  return join('.', unpack('x4 C4', $address)) . " $port" if $family == 2;
  return join(':', map { sprintf '%x', $_ } unpack('x8 n8', $address)) . " $port" if $family == 10 && length $address >= 24;
  return }

sub trace { my ($to, $start) = @_;
  pipe(my $ready, my $go) or fail('pipe');
  defined(my $begun = fork) or fail('fork');
  if ($begun == 0) {
    close $go; syscall($n{close}, $to);
    sysread($ready, my $x, 1) == 1 or exit 125;
    close $ready;
    $start->() }
  close $ready;
  ask('ptrace', $SEIZE, $begun, 0, $FORKS | $EXEC | $SECCOMP | $EXITKILL);
  syswrite($go, 'g'); close $go;
  shut($to);
  open(my $out, '>&=', $to) or exit 125;
  my $command;
  my $status = pack('i', 0);
  while (1) {
    my $pid = syscall($n{wait4}, -1, $status, 0x40000000, 0);
    if ($pid < 0) { next if $!{EINTR}; last }
    my $said = unpack('I', $status);
    if (($said & 0xff) != 0x7f) { syswrite($out, "end\n") if defined $command && $pid == $command; next }
    my ($signal, $event) = ($said >> 8 & 0xff, $said >> 16);
    if ($event == 4 && $pid != $begun) { $command //= $pid; syswrite($out, 'x ' . program($pid) . "\n") }
    elsif ($event == 7) { my $where = destination($pid); syswrite($out, "c $where\n") if defined $where }
    my $stopped = $event == 128 && ($signal == 19 || $signal == 20 || $signal == 21 || $signal == 22);
    syscall($n{ptrace}, $stopped ? $LISTEN : $CONT, $pid, 0, $event == 0 ? $signal : 0) }
  exit 0 }
`;
