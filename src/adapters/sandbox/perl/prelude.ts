/**
 * What the programs in Perl share: calls of the kernel by number, and an end with a word where one fails. Perl's base package
 * is on every Debian and Ubuntu, and can ask the kernel for what no program of util-linux does. Numbers and constants are those of
 * the kernel's headers. The first argument is the architecture as Node names it.
 */
export const PRELUDE = String.raw`
use strict;
my $arch = shift;
my %n = (openat2 => 437, close_range => 436, mount_setattr => 442, $arch eq 'x64'
  ? (unshare => 272, mount => 165, umount => 166, pivot => 155, prctl => 157, capset => 126, setsid => 112, sethost => 170,
    setns => 308, prlimit => 302, ptrace => 101, wait4 => 61, close => 3, connect => 42)
  : (unshare => 97, mount => 40, umount => 39, pivot => 41, prctl => 167, capset => 91, setsid => 157, sethost => 161,
    setns => 268, prlimit => 261, ptrace => 117, wait4 => 260, close => 57, connect => 203));
my $failed;

sub fail { print STDERR "sandbox: $_[0]: $!\n"; syswrite($failed, 'x') if $failed; exit 125 }
sub ask { my ($name, @args) = @_; my $got = syscall($n{$name}, @args); fail($name) if $got < 0; return $got }
sub text { my ($value) = @_; return "$value" }
sub put { my ($file, $what) = @_;
  open(my $f, '>', $file) or fail($file); defined(syswrite($f, $what)) or fail($file); close($f) or fail($file) }
sub shut { my ($but) = @_; $_ == $but or syscall($n{close}, $_) for 0 .. 63 }
`;
