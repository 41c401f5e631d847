import { FIRST } from './first.ts';
import { PRELUDE } from './prelude.ts';
import { TRACER } from './tracer.ts';
import { VIEW } from './view.ts';

/*
 * `ARCH GROUP… -- RESOURCE=BOUND… -- NAMESPACE… -- TRACE ARGUMENT…` joins the control groups, takes the bounds upon itself, enters the
 * namespaces, and starts the step: one program does what took three (sh, prlimit, nsenter), since starting programs is most of what a
 * step costs. TRACE is the descriptor that the tracer writes to, or 0.
 */
const ENTER = String.raw`
$0 = 'sandbox step';
sub words { my @some; while (defined(my $word = shift @ARGV)) { last if $word eq '--'; push @some, $word } return @some }
put($_, '0') for words();
for (words()) { my ($resource, $bound) = split /=/; ask('prlimit', 0, $resource + 0, pack('Q2', $bound, $bound), 0) }
my @spaces = map { open(my $space, '<', $_) or fail($_); $space } words();
ask('setns', fileno($_), 0) for @spaces;
close $_ for @spaces;
# The process is our own doing so far, and must stay open to its relatives, which map its user and trace it.
ask('prctl', 4, 1, 0, 0, 0);
chdir '/' or fail('/');
my $trace = shift(@ARGV) + 0;

# Of the job's processes from here on. It ends with the one before, which stays outside and whose end is seen there.
defined(my $entered = fork) or fail('fork');
if ($entered) { shut(-1); waitpid($entered, 0); exit($? & 127 ? 125 : $? >> 8) }
ask('prctl', 1, 9, 0, 0, 0);
`;

const BECOME = String.raw`
my $start = sub { exec { $ARGV[0] } @ARGV or fail($ARGV[0]) };
$trace ? trace($trace, $start) : $start->();
`;

const START_FIRST = String.raw`
my $start = prepared();
if ($trace) { trace($trace, $start) }
pipe(my $said, my $report) or fail('pipe');
defined(my $pid = fork) or fail('fork');
if ($pid == 0) { close $said; $start->($report) }
close $report;
my $rest = fileno($said);
shut($rest);
sysread($said, my $end, 1);
exit 0;
`;

/** Enters and becomes the program that the arguments name. */
export const ENTRANCE = `${PRELUDE}${ENTER}${BECOME}`;
/** The same with a tracer around it. */
export const TRACED_ENTRANCE = `${PRELUDE}${TRACER}${ENTER}${BECOME}`;
/** Enters and makes the step itself. */
export const STEP_PROGRAM = `${PRELUDE}${VIEW}${FIRST}${TRACER}${ENTER}${START_FIRST}`;
