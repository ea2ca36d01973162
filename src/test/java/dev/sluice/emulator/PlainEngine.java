package dev.sluice.emulator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The engine's rules once more, written for being obvious: objects, lists, and a scan wherever one will do. What
 * {@link EngineCore} must agree with, step by step. It checks its own books after each.
 */
final class PlainEngine {

    private static final class Block {
        int references;
        long hash;
        boolean hashed;
        long publishedAt;
    }

    private static final class Live {
        final Sequence sequence;
        final List<Block> blocks = new ArrayList<>();
        int computed;
        int generated;
        int prefill;
        int cached = -1;
        int published;

        Live(Sequence sequence) {
            this.sequence = sequence;
        }

        int known() {
            return sequence.promptTokens() + generated;
        }
    }

    private final Preset preset;
    private final List<Block> all = new ArrayList<>();
    private final Deque<Block> free = new ArrayDeque<>();
    private final List<Live> running = new ArrayList<>();
    private final Deque<Live> waiting = new ArrayDeque<>();
    private long clock;
    private int room;
    private double attention;
    private double kv;
    private long queried, hit, prompts, computedPrompts, generations, preemptions, finished, aborted, busy;

    PlainEngine(Preset preset) {
        this.preset = preset;
        for (int i = 0; i < preset.poolTokens() / 16; i++) {
            all.add(new Block());
        }
        free.addAll(all);
    }

    void submit(Sequence sequence) {
        waiting.add(new Live(sequence));
    }

    void abort(long id) {
        List<Live> both = new ArrayList<>(running);
        both.addAll(waiting);
        for (Live live : both) {
            if (live.sequence.id() == id) {
                running.remove(live);
                waiting.remove(live);
                release(live);
                aborted++;
            }
        }
    }

    void flush() {
        free.forEach(block -> block.hashed = false);
    }

    CoreStep step() {
        room = preset.tokensPerStep();
        attention = 0;
        kv = 0;
        if (!advance()) {
            admit();
        }
        int used = preset.tokensPerStep() - room;
        long nanos = Math.round(preset.baseNanos()
                + Math.max(preset.weightsNanos(), preset.computeNanosPerToken() * used)
                + preset.attentionNanosPerTokenContext() * attention
                + preset.kvNanosPerToken() * kv);
        busy += nanos;
        CoreStep step = new CoreStep(nanos, generate());
        checkBooks();
        return step;
    }

    private boolean advance() {
        boolean preempted = false;
        for (int i = 0; i < running.size() && room > 0; i++) {
            Live live = running.get(i);
            int tokens = next(live);
            while (running.contains(live) && blocks(live.computed + tokens) - live.blocks.size() > free.size()) {
                Live last = running.remove(running.size() - 1);
                release(last);
                last.computed = 0;
                waiting.addFirst(last);
                preemptions++;
                preempted = true;
            }
            if (!running.contains(live)) {
                break;
            }
            compute(live, tokens);
        }
        return preempted;
    }

    private int next(Live live) {
        boolean isAlone = running.size() + waiting.size() == 1;
        int most = isAlone ? room : Math.min(room, preset.promptTokensPerStep());
        return Math.min(live.known() - live.computed, most);
    }

    private void admit() {
        while (!waiting.isEmpty() && running.size() < preset.maxSequences() && room > 0) {
            Live head = waiting.getFirst();
            List<Block> found = new ArrayList<>();
            for (int i = 0; i < (head.known() - 1) / 16; i++) {
                Block block = find(head.sequence.blockHash(i));
                if (block == null) {
                    break;
                }
                found.add(block);
            }
            long referenced = found.stream().filter(b -> b.references > 0).count();
            if (blocks(head.known()) - referenced > free.size()) {
                return;
            }
            waiting.removeFirst();
            running.add(head);
            for (Block block : found) {
                block.references++;
                free.remove(block);
            }
            head.blocks.addAll(found);
            head.published = found.size();
            head.computed = found.size() * 16;
            head.prefill = head.known();
            if (head.cached < 0) {
                head.cached = head.computed;
                queried += head.sequence.promptTokens();
                hit += head.cached;
            }
            compute(head, next(head));
        }
    }

    private @Nullable Block find(long hash) {
        Block oldest = null;
        for (Block block : all) {
            if (block.hashed && block.hash == hash && (oldest == null || block.publishedAt < oldest.publishedAt)) {
                oldest = block;
            }
        }
        return oldest;
    }

    private void compute(Live live, int tokens) {
        while (live.blocks.size() < blocks(live.computed + tokens)) {
            Block block = free.removeFirst();
            block.hashed = false;
            block.references = 1;
            live.blocks.add(block);
        }
        for (int i = 0; i < tokens; i++) {
            if (live.computed < live.prefill) {
                attention += live.computed;
                computedPrompts++;
            } else {
                kv += live.computed;
            }
            live.computed++;
            room--;
            if (live.computed % 16 == 0) {
                Block block = live.blocks.get(live.published);
                block.hashed = true;
                block.hash = live.sequence.blockHash(live.published++);
                block.publishedAt = clock++;
            }
        }
    }

    private List<CoreStep.Token> generate() {
        List<CoreStep.Token> tokens = new ArrayList<>();
        for (Live live : new ArrayList<>(running)) {
            if (live.computed < live.known()) {
                continue;
            }
            live.generated++;
            generations++;
            prompts += live.generated == 1 ? live.sequence.promptTokens() : 0;
            boolean last = live.generated == live.sequence.outputTokens();
            tokens.add(new CoreStep.Token(live.sequence.id(), live.generated, live.cached, last));
            if (last) {
                running.remove(live);
                release(live);
                finished++;
            }
        }
        return tokens;
    }

    private void release(Live live) {
        for (int i = live.blocks.size() - 1; i >= 0; i--) {
            Block block = live.blocks.get(i);
            if (--block.references == 0) {
                if (block.hashed) {
                    free.addLast(block);
                } else {
                    free.addFirst(block);
                }
            }
        }
        live.blocks.clear();
    }

    private static int blocks(int tokens) {
        return (tokens + 15) / 16;
    }

    private void checkBooks() {
        int held = running.stream().mapToInt(live -> live.blocks.size()).sum();
        int references = all.stream().mapToInt(block -> block.references).sum();
        Set<Block> referenced = new HashSet<>();
        running.forEach(live -> referenced.addAll(live.blocks));
        boolean right = held == references
                && referenced.size() + free.size() == all.size()
                && free.stream().allMatch(block -> block.references == 0)
                && waiting.stream().allMatch(live -> live.blocks.isEmpty());
        if (!right) {
            throw new AssertionError("held " + held + ", references " + references + ", free " + free.size());
        }
    }

    CoreStats stats() {
        return new CoreStats(
                running.size(),
                waiting.size(),
                1.0 - (double) free.size() / all.size(),
                queried,
                hit,
                prompts,
                computedPrompts,
                generations,
                preemptions,
                finished,
                aborted,
                busy);
    }
}
