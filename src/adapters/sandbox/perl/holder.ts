import { PRELUDE } from './prelude.ts';
import { VIEW } from './view.ts';

/**
 * `ARCH ROOT FROM TO ACCESS… -- RELAY…` is the first process of a job: mounts /proc and, below ROOT, the ground; brings
 * the loopback up, runs the relay, and collects what ends.
 */
export const HOLDER_PROGRAM = `${PRELUDE}${VIEW}${String.raw`
$0 = 'sandbox holder';
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

holder(@ARGV);
`}`;
