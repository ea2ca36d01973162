package dev.sluice.agent;

import dev.sluice.admission.Arrival;
import dev.sluice.agent.Bodies.Head;
import dev.sluice.agent.Bodies.Said;
import dev.sluice.agent.Fingerprint.Who;
import dev.sluice.api.Route;
import dev.sluice.config.IdentityConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * Agents without any id, all of one credential, with everything that makes them hard to tell apart: common heads, crowds that
 * begin with the same words, title generators, sub-agents, forks, retries before and amid the first try, several tries of one
 * step at once, clocks in system prompts, reminders that come and go, histories cut or compacted. Equal seeds give equal
 * worlds.
 */
final class ConversationWorld {

    private static final Route[] ROUTES = {Route.CHAT_COMPLETIONS, Route.MESSAGES, Route.RESPONSES};

    /** Main agents have one of so many heads; sub-agents have others. */
    private static final int MOST_HEADS = 6;

    /** Steps, and how their attribution turned out. */
    record Score(int steps, int right, int merged, Map<Attribution.How, Integer> how) {

        double rightRatio() {
            return (double) right / steps;
        }

        double mergedRatio() {
            return (double) merged / steps;
        }
    }

    private record Event(long at, long order, Runnable what) {}

    private record Step(String truth, String found) {}

    private final SplittableRandom chance;
    private final Attribution attribution = new Attribution(IdentityConfig.Fingerprint.DEFAULT, 1);
    private final PriorityQueue<Event> events =
            new PriorityQueue<>((a, b) -> a.at != b.at ? Long.compare(a.at, b.at) : Long.compare(a.order, b.order));
    private final List<Step> steps = new ArrayList<>();
    private final Map<Attribution.How, Integer> how = new HashMap<>();
    private long now;
    private long serial;

    private ConversationWorld(long seed) {
        chance = new SplittableRandom(seed);
    }

    /** Runs a world of so many agents, not counting those that they give rise to. */
    static Score run(int agents, long seed) {
        ConversationWorld world = new ConversationWorld(seed);
        for (int i = 0; i < agents; ) {
            // A crowd has one template and begins at one moment.
            int crowd = world.chance.nextInt(4) == 0 ? 2 + world.chance.nextInt(8) : 1;
            String task = world.text(60);
            long start = world.chance.nextInt(100_000);
            Route route = ROUTES[world.chance.nextInt(ROUTES.length)];
            for (int each = 0; each < crowd; each++, i++) {
                Talker talker = world.new Talker(route, world.chance.nextInt(MOST_HEADS), Said.user(task));
                world.at(start, talker::ask);
            }
        }
        while (!world.events.isEmpty()) {
            Event next = world.events.remove();
            world.now = next.at;
            next.what.run();
        }
        return world.score();
    }

    private void at(long when, Runnable what) {
        events.add(new Event(when, ++serial, what));
    }

    private boolean happens(double ratio) {
        return chance.nextDouble() < ratio;
    }

    private String text(int words) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < words; i++) {
            text.append(Long.toString(chance.nextInt(1 << 20), 36)).append(i % 9 == 8 ? '\n' : ' ');
        }
        return text.toString();
    }

    private long send(String truth, Chain chain, boolean repeated) {
        long id = ++serial;
        boolean started = chain.lastAnswer() > 0;
        Arrival claimed = new Arrival("s-" + id, "none", "default", null, true, started, 1_000, -1);
        Attribution.Attributed found =
                attribution.onArrival(id, claimed, new Fingerprint(7, Who.NOBODY, chain, repeated));
        steps.add(new Step(truth, found.arrival().agentId()));
        how.merge(found.how(), 1, Integer::sum);
        return id;
    }

    private Score score() {
        Map<String, Map<String, Integer>> byTruth = new HashMap<>();
        Map<String, Map<String, Integer>> byFound = new HashMap<>();
        for (Step step : steps) {
            byTruth.computeIfAbsent(step.truth, key -> new HashMap<>()).merge(step.found, 1, Integer::sum);
            byFound.computeIfAbsent(step.found, key -> new HashMap<>()).merge(step.truth, 1, Integer::sum);
        }
        int right = 0;
        int merged = 0;
        for (Step step : steps) {
            boolean isOwn = most(byFound.get(step.found)).equals(step.truth);
            merged += isOwn ? 0 : 1;
            right += isOwn && most(byTruth.get(step.truth)).equals(step.found) ? 1 : 0;
        }
        return new Score(steps.size(), right, merged, how);
    }

    private static String most(Map<String, Integer> counts) {
        return counts.entrySet().stream()
                .max(Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .orElseThrow()
                .getKey();
    }

    /** One agent. */
    private final class Talker {

        private final String truth = "agent-" + ++serial;
        private final Route route;
        private final int head;
        private final boolean usesTools;
        private final boolean hasClock = happens(0.1);
        private final boolean isReminded = happens(0.1);
        private final int lastStep;
        private final int cutAt;
        private List<Said> history = new ArrayList<>();
        private int step;

        Talker(Route route, int head, Said first) {
            this(route, head, 3 + chance.nextInt(30));
            history.add(first);
        }

        private Talker(Route route, int head, int lastStep) {
            this.route = route;
            this.head = head;
            this.usesTools = head % 3 != 0;
            this.lastStep = lastStep;
            this.cutAt = happens(0.25) ? 3 + chance.nextInt(20) : -1;
        }

        private Head head() {
            String clock = hasClock ? " It is " + now + "." : "";
            return new Head("model-" + head % 2, "You are worker " + head + "." + clock, usesTools ? "run" : null);
        }

        private Chain chain(Head head) {
            List<Said> said = history;
            if (isReminded) {
                Said last = history.get(history.size() - 1);
                said = new ArrayList<>(history.subList(0, history.size() - 1));
                said.add(new Said(last.role(), last.text() + "\nReminder: " + now, last.call()));
            }
            return Bodies.chain(route, head, said);
        }

        private long engineTime() {
            return 500 + chance.nextInt(8_000);
        }

        void ask() {
            if (step == 0 && happens(0.3)) {
                title();
            }
            if (step == cutAt) {
                cut();
            }
            if (step > 1 && happens(0.02)) {
                tryElsewhere();
            }
            if (step > 5 && happens(0.01)) {
                forkFromEarlier();
            }
            Chain chain = chain(head());
            long id = send(truth, chain, false);
            if (happens(0.02)) {
                at(now + engineTime(), () -> {
                    attribution.onEnd(id, false);
                    at(now + 1_000, () -> hear(send(truth, chain, happens(0.5))));
                });
            } else if (happens(0.01)) {
                // The client has lost patience and asks again; that it has left is seen only then.
                at(now + 400, () -> {
                    hear(send(truth, chain, true));
                    attribution.onEnd(id, false);
                });
            } else {
                hear(id);
            }
        }

        private void hear(long id) {
            at(now + engineTime(), () -> {
                Said answer = answer();
                attribution.onAnswer(id, Bodies.trace(route, answer));
                attribution.onEnd(id, true);
                history.add(answer);
                if (++step < lastStep) {
                    goOn(answer);
                }
            });
        }

        private Said answer() {
            boolean calls = usesTools && !happens(0.1);
            String words = happens(0.1) ? "OK" : text(5 + chance.nextInt(40));
            return new Said("assistant", words, calls ? "call_" + ++serial : null);
        }

        private void goOn(Said answer) {
            if (step > 1 && head < MOST_HEADS && happens(0.03)) {
                int children = 1 + chance.nextInt(3);
                for (int i = 0; i < children; i++) {
                    Talker child = new Talker(route, MOST_HEADS + head, Said.user("Sub-task: " + text(20)));
                    at(now + i * 10L, child::ask);
                }
            }
            history.add(
                    answer.call() != null
                            ? new Said("tool", text(10 + chance.nextInt(60)), answer.call())
                            : Said.user(happens(0.2) ? "Go on." : text(15)));
            at(now + 200 + chance.nextInt(20_000), this::ask);
        }

        /** Another prompt about the same first words, by a program of its own. */
        private void title() {
            Head other = new Head("model-" + head % 2, "You name conversations.", null);
            long id = send(truth + "-title", Bodies.chain(route, other, history), false);
            answer(id, new Said("assistant", text(4), null));
        }

        private void answer(long id, Said answer) {
            at(now + engineTime(), () -> {
                attribution.onAnswer(id, Bodies.trace(route, answer));
                attribution.onEnd(id, true);
            });
        }

        /** The history loses its front, or becomes a summary and the last exchanges. */
        private void cut() {
            int from = Math.max(1, history.size() - 7);
            while (from > 1 && !history.get(from).role().equals("assistant")) {
                from--;
            }
            List<Said> left = new ArrayList<>();
            left.add(happens(0.5) ? history.get(0) : Said.user("Summary: " + text(50)));
            left.addAll(history.subList(from, history.size()));
            history = left;
        }

        /** The same step several times at once; this agent goes on with its own. */
        private void tryElsewhere() {
            Chain chain = chain(head());
            at(now, () -> {
                for (int i = 0; i < 2; i++) {
                    long id = send(truth + "-try-" + step + "-" + i, chain, false);
                    answer(id, answer());
                }
            });
        }

        /** Somebody goes back to an earlier answer and on in another way, while this agent goes on, too. */
        private void forkFromEarlier() {
            int back = history.size() - 5;
            while (back > 1 && !history.get(back - 1).role().equals("assistant")) {
                back--;
            }
            Said last = history.get(back - 1);
            Talker fork = new Talker(route, head, lastStep);
            fork.history.addAll(history.subList(0, back));
            fork.history.add(new Said(last.call() != null ? "tool" : "user", text(12), last.call()));
            fork.step = step;
            at(now + 50, fork::ask);
        }
    }
}
