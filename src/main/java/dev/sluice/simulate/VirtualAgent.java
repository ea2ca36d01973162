package dev.sluice.simulate;

import dev.sluice.admission.Arrival;
import dev.sluice.admission.Ending;
import dev.sluice.admission.Finish;
import dev.sluice.admission.Refusal;
import dev.sluice.admission.Usage;
import dev.sluice.emulator.CoreStep;
import dev.sluice.emulator.Preset;
import dev.sluice.emulator.Sequence;
import dev.sluice.gate.Gate;
import dev.sluice.gate.Permit;
import java.util.Arrays;

/** One agent in virtual time: asks the gate, runs in the engine, pauses, asks again. Not thread-safe. */
final class VirtualAgent implements Gate.Caller {

    private static final int BYTES_PER_TOKEN = 4;

    private final AgentScript script;
    private final Simulation run;
    private final long[] blockHashes;
    private int step;
    private int contextTokens;
    private long askedNanos;

    VirtualAgent(AgentScript script, int number, Simulation run) {
        this.script = script;
        this.run = run;
        this.blockHashes = hashes(script, number);
    }

    /** A conversation only grows, so the content of its n-th block is told by agent and n; the common part by n alone. */
    private static long[] hashes(AgentScript script, int number) {
        long[] hashes = new long[script.finalTokens() / Preset.BLOCK_TOKENS];
        for (int block = 0; block < hashes.length; block++) {
            boolean shared = (block + 1) * Preset.BLOCK_TOKENS <= script.sharedTokens();
            long owner = shared ? 0 : number + 1L;
            hashes[block] = mix(owner * 0x9E3779B97F4A7C15L + block);
        }
        return hashes;
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }

    void start() {
        run.time().after(script.startNanos(), this::ask);
    }

    private void ask() {
        askedNanos = run.time().nowNanos();
        askGate();
    }

    private void askGate() {
        long bytes = (long) promptTokens() * BYTES_PER_TOKEN;
        Arrival arrival = new Arrival(
                script.name(),
                "simulated",
                "default",
                null,
                false,
                step > 0,
                bytes,
                current().outputTokens());
        run.gate().ask(arrival, this, run.time());
    }

    private int promptTokens() {
        return contextTokens + current().addedTokens();
    }

    private AgentScript.StepScript current() {
        return script.steps().get(step);
    }

    @Override
    public void forward(Permit given) {
        int prompt = promptTokens();
        int output = current().outputTokens();
        long[] known = Arrays.copyOf(blockHashes, (prompt + output) / Preset.BLOCK_TOKENS);
        Sequence sequence = new Sequence(run.nextSequence(), prompt, output, known);
        run.engine().submit(sequence, token -> onToken(token, given, prompt));
    }

    private void onToken(CoreStep.Token token, Permit given, int prompt) {
        if (token.generated() == 1) {
            given.onFirstToken();
            run.tally().onFirstToken(run.time().nowNanos() - askedNanos, given.waitedNanos());
        }
        if (token.finished()) {
            contextTokens = prompt + token.generated();
            boolean last = step == script.steps().size() - 1;
            Finish finish = last ? Finish.END_OF_TURN : Finish.TOOL_CALL;
            given.end(Ending.COMPLETED, new Usage(prompt, token.cachedTokens(), token.generated(), finish));
            run.tally().onStep(prompt - contextBefore(prompt));
            goOn(last);
        }
    }

    private int contextBefore(int prompt) {
        return step == 0 ? script.sharedTokens() : prompt - current().addedTokens();
    }

    private void goOn(boolean last) {
        long pause = current().pauseNanos();
        step++;
        if (last) {
            end();
        } else {
            run.time().after(pause, this::ask);
        }
    }

    @Override
    public void refused(Refusal refusal) {
        run.time().after(refusal.retryAfterNanos(), this::askGate);
    }

    private void end() {
        long nowNanos = run.time().nowNanos();
        run.tally().onAgentEnd(nowNanos - script.startNanos(), nowNanos);
    }
}
