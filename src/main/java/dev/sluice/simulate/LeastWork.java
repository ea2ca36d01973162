package dev.sluice.simulate;

import dev.sluice.emulator.Preset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an agent needs of the engine at least, whatever governs: it finds in the cache all that anybody can have computed
 * before.
 *
 * @param startNanos as of its script
 * @param steps of its script
 */
record LeastWork(long startNanos, List<Step> steps) {

    /**
     * One step.
     *
     * @param script what it sends and is answered
     * @param newTokens of its prompt, never computed before
     * @param keptTokens of its prompt, found only if the cache has kept what earlier steps of this agent left there
     * @param othersTokens of its context that are not its own: in common with others, or its parent's
     * @param children that its answer starts
     */
    record Step(
            AgentScript.StepScript script, int newTokens, int keptTokens, int othersTokens, List<LeastWork> children) {

        /** Sum of the contexts before each token of the answer but the first, which comes with the prompt. */
        double readTokens() {
            return decodes() * script.promptTokens() + decodes() * (decodes() - 1) / 2;
        }

        double decodes() {
            return script.outputTokens() - 1.0;
        }
    }

    /** Of all agents in the scripts, chats left out; blocks that a chat has in common with them count as computed. */
    static List<LeastWork> of(List<AgentScript> scripts) {
        Reader reader = new Reader();
        List<Node> roots =
                scripts.stream().map(script -> new Node(script, null)).toList();
        roots.forEach(reader::claim);
        return roots.stream()
                .filter(root -> root.script.kind() == AgentScript.Kind.AGENT)
                .map(reader::measure)
                .toList();
    }

    /** An agent on the way through its script. */
    private static final class Node {
        final AgentScript script;
        final @Nullable Node parent;
        final List<List<Node>> children = new ArrayList<>(); // by step; the last answer starts none

        Node(AgentScript script, @Nullable Node parent) {
            this.script = script;
            this.parent = parent;
            for (AgentScript.StepScript step : script.steps()) {
                boolean last = children.size() == script.steps().size() - 1;
                children.add(last ? List.of() : nodes(step.children()));
            }
        }

        private List<Node> nodes(List<AgentScript> scripts) {
            return scripts.stream().map(child -> new Node(child, this)).toList();
        }

        boolean isWithin(Node other) {
            Node at = this;
            while (at != null && at != other) {
                at = at.parent;
            }
            return at == other;
        }
    }

    /** One block's content: whose it is. Its owner is the first to have it, if all others that have it descend from it. */
    private static final class Block {
        final Node owner;
        boolean common;
        boolean computed;

        Block(Node owner) {
            this.owner = owner;
        }
    }

    /** Walks the scripts in an order in which whatever a step can find in the cache comes before it. */
    private static final class Reader {

        private final Map<Long, Block> blocks = new HashMap<>();

        void claim(Node node) {
            long[] before = {};
            for (int i = 0; i < node.script.steps().size(); i++) {
                AgentScript.StepScript step = node.script.steps().get(i);
                long[] hashes = hashes(step);
                for (int block = alike(before, hashes); block < hashes.length; block++) {
                    Block known = blocks.computeIfAbsent(hashes[block], hash -> new Block(node));
                    known.common |= !node.isWithin(known.owner);
                }
                before = hashes;
                node.children.get(i).forEach(this::claim);
            }
        }

        LeastWork measure(Node node) {
            List<Step> steps = new ArrayList<>();
            long[] before = {};
            int computed = 0; // blocks of those
            for (int i = 0; i < node.script.steps().size(); i++) {
                AgentScript.StepScript step = node.script.steps().get(i);
                long[] hashes = hashes(step);
                int known = Math.min(computed, alike(before, hashes));
                int others = othersBlocks(node, hashes);
                int found = foundBlocks(hashes, known, (step.promptTokens() - 1) / Preset.BLOCK_TOKENS);
                computed = (step.contextTokens() - 1) / Preset.BLOCK_TOKENS; // the last token's KV never is
                for (int block = known; block < computed; block++) {
                    block(hashes[block]).computed = true;
                }
                before = hashes;
                steps.add(new Step(
                        step,
                        step.promptTokens() - found * Preset.BLOCK_TOKENS,
                        Math.max(0, found - others) * Preset.BLOCK_TOKENS,
                        others * Preset.BLOCK_TOKENS,
                        node.children.get(i).stream().map(this::measure).toList()));
            }
            return new LeastWork(node.script.startNanos(), steps);
        }

        private int othersBlocks(Node node, long[] hashes) {
            int others = 0;
            while (others < hashes.length && !isOwn(node, block(hashes[others]))) {
                others++;
            }
            return others;
        }

        private static boolean isOwn(Node node, Block block) {
            return block.owner == node && !block.common;
        }

        private int foundBlocks(long[] hashes, int known, int most) {
            int found = Math.min(known, most);
            while (found < most && (block(hashes[found]).common || block(hashes[found]).computed)) {
                found++;
            }
            return found;
        }

        private Block block(long hash) {
            Block block = blocks.get(hash);
            if (block == null) {
                throw new IllegalStateException("a content that tells other hashes the second time");
            }
            return block;
        }

        private static long[] hashes(AgentScript.StepScript step) {
            return step.content().hashes(step.contextTokens() / Preset.BLOCK_TOKENS);
        }

        private static int alike(long[] one, long[] other) {
            int difference = Arrays.mismatch(one, other);
            return difference < 0 ? one.length : difference;
        }
    }
}
