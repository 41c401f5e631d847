import { SluiceError } from '#core/error.ts';
import type { Sandbox, SandboxDriver, SandboxSpec } from '#core/sandbox.ts';
import type { Tried } from '../egress/exchange.ts';
import { openEgress } from '../egress/proxy.ts';
import { ActiveSteps } from './active-steps.ts';
import { makeControlGroup } from './cgroup.ts';
import { startHolder } from './holder.ts';
import { Job } from './job.ts';
import { jobView } from './job-view.ts';
import type { Maker } from './maker.ts';
import { Recorder } from './recorder.ts';
import { relayCommand } from './relay-command.ts';
import { seccompFilter } from './seccomp/filter.ts';
import { makeStateFolder } from './state-folder.ts';

/** A driver whose jobs live in namespaces of the kernel; `maker` says by which programs. */
export const namespaceDriver = (maker: Maker): SandboxDriver => ({
  name: maker.name,
  version: maker.version,
  open: (spec) => openJob(maker, spec),
});

async function openJob(maker: Maker, spec: SandboxSpec): Promise<Sandbox> {
  const filter = seccompFilter({ trace: spec.trace && maker.traces });
  if (filter === undefined) {
    throw new SluiceError('sandbox-unsupported', `The sandbox does not know the system calls of ${process.arch}.`);
  }
  const state = makeStateFolder();
  const closing: (() => void | Promise<void>)[] = [() => state.remove()];
  try {
    const view = jobView(spec, state);
    const group = makeControlGroup(spec.name, spec.limits);
    if (group !== undefined) closing.unshift(() => group.remove());
    const recorder = new Recorder(spec);
    const onTried = (tried: Tried): void => recorder.connection(tried);
    const active = new ActiveSteps();
    const nameless = (): string => active.only;
    const egress = await openEgress({ socket: state.proxySocket, policy: spec.network, onTried, nameless });
    closing.unshift(() => egress.close());
    const proxyPort = portBeside(spec.services.map(({ port }) => port));
    const holder = await startHolder({
      wrapper: maker.holder(state, view.ground),
      relay: relayCommand(),
      listeners: [...spec.services, { port: proxyPort, socket: state.proxySocket }],
      onMessage: (message) => {
        if (message.kind === 'name') recorder.name(active.only, message.name);
      },
    });
    closing.unshift(() => holder.end());
    return new Job({ maker, spec, state, view, group, holder, filter, closing, recorder, egress, proxyPort, active });
  } catch (error) {
    for (const close of closing) await close();
    throw error;
  }
}

/** A port for the proxy that no service has. */
function portBeside(taken: readonly number[]): number {
  let port = 3128;
  while (taken.includes(port)) port++;
  return port;
}
