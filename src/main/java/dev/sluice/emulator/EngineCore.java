package dev.sluice.emulator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The paged-KV engine without clock, thread or HTTP: vLLM V1's scheduler over a {@link BlockPool}, one iteration at a time.
 *
 * <p>An iteration continues the running sequences in their order: one token, or the next chunk of a prefill. One that finds
 * no block takes them from the <em>last</em> running one, which goes back to the head of the queue, keeps what it has
 * generated and recomputes it later. If nobody was preempted, sequences are admitted from the queue, first come first
 * served, while the batch and its token budget have room and the next one's whole input fits the free blocks. A sequence
 * whose known tokens are all computed generates its next token in the same iteration.
 *
 * <p>Equal calls give equal results. Confined to one thread at a time.
 */
public final class EngineCore {

    private final Preset preset;
    private final BlockPool pool;
    private final int longestTokens;
    private final Map<Long, LiveSequence> alive = new HashMap<>();
    private final List<LiveSequence> running = new ArrayList<>(); // in the order of admission
    private final Deque<LiveSequence> waiting = new ArrayDeque<>();

    private long prefixQueryTokens;
    private long prefixHitTokens;
    private long promptTokens;
    private long computedPromptTokens;
    private long generationTokens;
    private long preemptions;
    private long finished;
    private long aborted;
    private long busyNanos;

    public EngineCore(Preset preset) {
        this.preset = preset;
        int blocks = (int) (preset.poolTokens() / Preset.BLOCK_TOKENS);
        pool = new BlockPool(blocks);
        longestTokens = Math.min(preset.maxModelTokens(), blocks * Preset.BLOCK_TOKENS);
    }

    /**
     * Puts a sequence into the engine's queue. Refused with {@link IllegalArgumentException} if it can never fit, or if its
     * id is alive already.
     */
    public void submit(Sequence sequence) {
        long tokens = (long) sequence.promptTokens() + sequence.outputTokens();
        if (tokens > longestTokens) {
            throw new IllegalArgumentException(
                    "promptTokens + outputTokens: " + tokens + " (expected: 2.." + longestTokens + ")");
        }
        LiveSequence arrived = new LiveSequence(sequence, pool);
        if (alive.putIfAbsent(sequence.id(), arrived) != null) {
            throw new IllegalArgumentException("id: " + sequence.id() + " (expected: none that is alive)");
        }
        waiting.addLast(arrived);
    }

    /** Takes a sequence out, running or waiting, and frees its blocks at once; unknown ids are ignored. */
    public void abort(long id) {
        LiveSequence sequence = alive.remove(id);
        if (sequence == null) {
            return;
        }
        if (!running.remove(sequence)) {
            waiting.remove(sequence);
        }
        sequence.release();
        aborted++;
    }

    /** Whether any sequence runs or waits. */
    public boolean hasWork() {
        return !alive.isEmpty();
    }

    /** Runs one iteration over the sequences submitted so far. Only if {@link #hasWork()}. The result is the caller's. */
    public CoreStep step() {
        if (!hasWork()) {
            throw new IllegalStateException("step() without work (expected: hasWork())");
        }
        Iteration iteration = new Iteration(preset);
        long preemptionsBefore = preemptions;
        continueRunning(iteration);
        if (preemptions == preemptionsBefore) {
            admitWaiting(iteration);
        }
        long durationNanos = iteration.durationNanos();
        busyNanos += durationNanos;
        return new CoreStep(durationNanos, generateTokens());
    }

    private void continueRunning(Iteration iteration) {
        for (int i = 0; i < running.size() && iteration.roomTokens() > 0; i++) {
            LiveSequence sequence = running.get(i);
            int tokens = next(sequence, iteration);
            while (!sequence.reserve(tokens)) {
                if (preemptLast() == sequence) {
                    return;
                }
            }
            compute(sequence, tokens, iteration);
        }
    }

    /** How much of it this iteration computes. A prompt that is alone starves nobody, and has all the room. */
    private int next(LiveSequence sequence, Iteration iteration) {
        int mostTokens = alive.size() > 1 ? preset.promptTokensPerStep() : preset.tokensPerStep();
        return Math.min(Math.min(sequence.pendingTokens(), mostTokens), iteration.roomTokens());
    }

    private LiveSequence preemptLast() {
        LiveSequence last = running.remove(running.size() - 1);
        last.release();
        waiting.addFirst(last);
        preemptions++;
        return last;
    }

    private void admitWaiting(Iteration iteration) {
        while (running.size() < preset.maxSequences() && iteration.roomTokens() > 0) {
            LiveSequence head = waiting.peekFirst();
            if (head == null || !head.fits()) {
                return;
            }
            waiting.removeFirst();
            admit(head);
            int tokens = next(head, iteration);
            head.reserve(tokens); // has room: all of its input fits
            compute(head, tokens, iteration);
        }
    }

    private void admit(LiveSequence sequence) {
        boolean first = sequence.isNew();
        int foundTokens = sequence.admit();
        if (first) {
            prefixQueryTokens += sequence.sequence().promptTokens();
            prefixHitTokens += foundTokens;
        }
        running.add(sequence);
    }

    private void compute(LiveSequence sequence, int tokens, Iteration iteration) {
        if (sequence.isPrefilling()) {
            iteration.addPrefill(tokens, sequence.computedTokens());
            computedPromptTokens += tokens;
        } else {
            iteration.addDecode(sequence.computedTokens());
        }
        sequence.compute(tokens);
    }

    private List<CoreStep.Token> generateTokens() {
        List<CoreStep.Token> tokens = new ArrayList<>(running.size());
        for (LiveSequence sequence : running) {
            if (sequence.pendingTokens() == 0) {
                tokens.add(generateToken(sequence));
            }
        }
        running.removeIf(LiveSequence::isFinished);
        return tokens;
    }

    private CoreStep.Token generateToken(LiveSequence sequence) {
        CoreStep.Token token = sequence.generate();
        generationTokens++;
        if (token.generated() == 1) {
            promptTokens += sequence.sequence().promptTokens();
        }
        if (token.finished()) {
            sequence.release();
            alive.remove(token.id());
            finished++;
        }
        return token;
    }

    public CoreStats stats() {
        return new CoreStats(
                running.size(),
                waiting.size(),
                pool.usageRatio(),
                prefixQueryTokens,
                prefixHitTokens,
                promptTokens,
                computedPromptTokens,
                generationTokens,
                preemptions,
                finished,
                aborted,
                busyNanos);
    }

    /** Forgets all cached, unreferenced blocks. */
    void flushCache() {
        pool.flush();
    }
}
