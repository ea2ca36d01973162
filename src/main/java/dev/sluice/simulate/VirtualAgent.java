package dev.sluice.simulate;

import dev.sluice.admission.Arrival;
import dev.sluice.admission.Ending;
import dev.sluice.admission.Finish;
import dev.sluice.admission.Refusal;
import dev.sluice.admission.Usage;
import dev.sluice.agent.Fingerprint;
import dev.sluice.emulator.CoreStep;
import dev.sluice.emulator.Preset;
import dev.sluice.emulator.Sequence;
import dev.sluice.gate.Gate;
import dev.sluice.gate.Permit;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One agent in virtual time: asks the gate, runs in the engine, pauses, starts sub-agents and waits for them, asks again.
 * Not thread-safe.
 */
final class VirtualAgent implements Gate.Caller {

    private static final int BYTES_PER_TOKEN = 4;

    // What real clients were seen to do.
    private static final long SHORT_PATIENCE_NANOS = Duration.ofSeconds(300).toNanos();
    private static final long LONG_PATIENCE_NANOS = Duration.ofSeconds(600).toNanos();
    private static final int MOST_RETRIES = 2;
    private static final long RETRY_AFTER_LOSS_NANOS = Duration.ofSeconds(1).toNanos();

    private final AgentScript script;
    private final @Nullable VirtualAgent parent;
    private final Simulation run;
    private final long startNanos;
    private int step;
    private int children;
    private boolean pausing;
    private int retries;
    private long askedNanos;
    private Gate.@Nullable Claim claim;
    private @Nullable Permit permit;
    private long sequence;

    /** Counts the requests, so that a time-out of an earlier one is not taken for that of this. */
    private int request;

    private VirtualAgent(AgentScript script, @Nullable VirtualAgent parent, Simulation run) {
        this.script = script;
        this.parent = parent;
        this.run = run;
        this.startNanos = run.time().nowNanos() + script.startNanos();
    }

    /** Puts an agent on its way. */
    static void start(AgentScript script, Simulation run) {
        start(script, null, run);
    }

    private static void start(AgentScript script, @Nullable VirtualAgent parent, Simulation run) {
        run.onBegin();
        run.time().after(script.startNanos(), new VirtualAgent(script, parent, run)::beginStep);
    }

    private void beginStep() {
        askedNanos = run.time().nowNanos();
        retries = 0;
        ask();
    }

    private void ask() {
        int asked = ++request;
        AgentScript.StepScript now = script.steps().get(step);
        boolean anonymous =
                script.kind() == AgentScript.Kind.CHAT || !run.conditions().identified();
        Arrival arrival = new Arrival(
                anonymous ? script.name() + "#" + step : script.name(),
                "simulated",
                script.tenant(),
                parent == null || anonymous ? null : parent.script.name(),
                anonymous,
                step > 0 || script.started(),
                (long) now.promptTokens() * BYTES_PER_TOKEN,
                -1,
                anonymous,
                run.conditions().streamed());
        if (run.conditions().turns() == Conditions.Turns.TOLD
                && step == script.steps().size() - 1) {
            arrival = arrival.asLast();
        }
        claim = run.gate().ask(arrival, anonymous ? fingerprint() : Fingerprint.NONE, this, run.time());
        if (run.conditions().clients() == Conditions.Clients.REAL) {
            run.time().after(patienceNanos(), () -> onSilence(asked));
        }
    }

    private Fingerprint fingerprint() {
        boolean hasTools =
                script.kind() == AgentScript.Kind.AGENT && run.conditions().turns() != Conditions.Turns.ALL_END;
        return ScriptChain.of(
                script, step, hasTools, parent == null ? null : parent.script, parent == null ? 0 : parent.step);
    }

    private long patienceNanos() {
        return script.name().hashCode() % 2 == 0 ? SHORT_PATIENCE_NANOS : LONG_PATIENCE_NANOS;
    }

    @Override
    public void forward(Permit given) {
        claim = null;
        permit = given;
        AgentScript.StepScript now = script.steps().get(step);
        long[] hashes = now.content().hashes(now.contextTokens() / Preset.BLOCK_TOKENS);
        sequence = run.nextSequence();
        run.engine()
                .submit(
                        new Sequence(sequence, now.promptTokens(), now.outputTokens(), hashes),
                        new VirtualEngine.Listener() {
                            @Override
                            public void onToken(CoreStep.Token token) {
                                heard(token, given);
                            }

                            @Override
                            public void onLost() {
                                lost(given);
                            }
                        });
    }

    private void heard(CoreStep.Token token, Permit given) {
        long nowNanos = run.time().nowNanos();
        if (token.generated() == 1) {
            request++; // the client has heard something
            if (run.conditions().streamed()) {
                given.onFirstToken();
            }
            run.tally().onFirstToken(script.kind(), step > 0, nowNanos - askedNanos, given.waitedNanos());
        }
        if (token.finished()) {
            permit = null;
            boolean last = step == script.steps().size() - 1;
            int cached = run.conditions().cachedTokensTold() ? token.cachedTokens() : -1;
            given.onAnswer(ScriptChain.trace(script, step));
            given.end(
                    Ending.COMPLETED,
                    new Usage(script.steps().get(step).promptTokens(), cached, token.generated(), finish(last)));
            run.tally().onStep(script.addedTokens(step));
            goOn(last);
        }
    }

    private Finish finish(boolean last) {
        Finish scripted = script.steps().get(step).finish();
        if (scripted != null) {
            return scripted;
        }
        return switch (run.conditions().turns()) {
            case LAST_ENDS, TOLD -> last ? Finish.END_OF_TURN : Finish.TOOL_CALL;
            case ALL_END -> Finish.END_OF_TURN;
            case NONE_ENDS -> Finish.TOOL_CALL;
        };
    }

    private void goOn(boolean last) {
        if (last) {
            run.tally()
                    .onAgentEnd(
                            script,
                            run.time().nowNanos() - startNanos,
                            run.time().nowNanos());
            over();
            return;
        }
        AgentScript.StepScript done = script.steps().get(step++);
        pausing = true;
        children = done.children().size();
        done.children().forEach(child -> start(child, this, run));
        run.time().after(done.pauseNanos(), () -> {
            pausing = false;
            continueIfReady();
        });
    }

    private void continueIfReady() {
        if (!pausing && children == 0) {
            beginStep();
        }
    }

    /** The agent is gone, with or without success. */
    private void over() {
        run.onOver();
        if (parent != null) {
            parent.children--;
            parent.continueIfReady();
        }
    }

    @Override
    public void refused(Refusal refusal) {
        claim = null;
        request++;
        if (run.conditions().clients() == Conditions.Clients.REAL && retries++ == MOST_RETRIES) {
            fail();
        } else {
            run.time().after(refusal.retryAfterNanos(), this::ask);
        }
    }

    private void lost(Permit given) {
        permit = null;
        request++;
        given.end(Ending.ENGINE_DIED, Usage.NONE);
        run.time().after(RETRY_AFTER_LOSS_NANOS, this::ask);
    }

    private void onSilence(int asked) {
        if (asked != request) {
            return;
        }
        if (claim != null) {
            claim.withdraw();
            claim = null;
        }
        if (permit != null) {
            run.engine().abort(sequence);
            permit.end(Ending.CLIENT_GONE, Usage.NONE);
            permit = null;
        }
        fail();
    }

    private void fail() {
        run.tally().onAgentFailed(script, run.time().nowNanos());
        over();
    }
}
