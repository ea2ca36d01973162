package dev.sluice.simulate;

import dev.sluice.emulator.Preset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.LongFunction;

/**
 * A named load on a named engine, from a seed. No agent says that it has ended, but its last answer ends a turn.
 *
 * @param name as the command line writes it
 * @param about one line for people
 * @param engine it runs against
 * @param scripts from a seed; equal seeds give equal scripts
 */
public record Workload(String name, String about, Preset engine, LongFunction<List<AgentScript>> scripts) {

    /** A coding agent: thirty steps, three tool results to an answer's length. */
    private static final AgentShape CODING = new AgentShape(30, 2_048, 2_000, 700, 200, 1, 0.8);

    private static final AgentShape SUB_AGENT = new AgentShape(8, 0, 600, 700, 200, 1, 0.8);
    private static final AgentShape CHAT = new AgentShape(1, 0, 400, 1, 200, 1, 0);

    /** Longest that chats and open arrivals go on. */
    private static final double HOUR_SECONDS = 3_600;

    private static final List<Workload> ALL = List.of(
            new Workload(
                    "batch",
                    "64 agents at once, tools take about 1 s",
                    Preset.DENSE_32B,
                    seed -> CODING.atOnce(64, seed)),
            new Workload(
                    "pauses-15s",
                    "128 agents at once, tools take about 15 s, heavy tail",
                    Preset.DENSE_32B,
                    seed -> withPauses(15, 1.2).atOnce(128, seed)),
            new Workload(
                    "pauses-60s",
                    "128 agents at once, tools take about 60 s, heavy tail",
                    Preset.DENSE_32B,
                    seed -> withPauses(60, 1.2).atOnce(128, seed)),
            new Workload(
                    "tenants-and-chat",
                    "96 and 24 agents of two tenants, two chats a second beside them",
                    Preset.DENSE_32B,
                    Workload::tenantsAndChat),
            new Workload(
                    "sub-agents",
                    "48 agents that start 4 sub-agents at a time and wait for them",
                    Preset.DENSE_32B,
                    Workload::families),
            new Workload(
                    "open",
                    "agents arrive for an hour, one every 12 s",
                    Preset.DENSE_32B,
                    seed -> arrivals(CODING, 12, seed)),
            new Workload(
                    "calm",
                    "agents arrive for an hour, one every 90 s: nothing to gain",
                    Preset.DENSE_32B,
                    seed -> arrivals(CODING, 90, seed)),
            new Workload(
                    "no-reuse",
                    "conversations of one step, three every second for an hour: nothing to gain",
                    Preset.DENSE_32B,
                    seed -> arrivals(new AgentShape(1, 0, 3_000, 1, 150, 1, 0), 1 / 3.0, seed)),
            new Workload(
                    "one-step",
                    "200 conversations of one step at once: nothing to gain",
                    Preset.DENSE_32B,
                    seed -> new AgentShape(1, 0, 6_000, 1, 150, 1, 0).atOnce(200, seed)),
            new Workload("moe", "256 agents at once on a larger engine", Preset.MOE, seed -> CODING.atOnce(256, seed)));

    /** All there are, in the order of the documentation. */
    public static List<Workload> all() {
        return ALL;
    }

    /** The workload of that name; an unknown one is an {@link IllegalArgumentException} that lists those there are. */
    public static Workload named(String name) {
        return ALL.stream()
                .filter(workload -> workload.name.equals(name.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("workload: " + name + " (expected one of: "
                        + String.join(", ", ALL.stream().map(Workload::name).toList()) + ")"));
    }

    private static AgentShape withPauses(double medianSeconds, double sigma) {
        return new AgentShape(
                CODING.steps(),
                CODING.sharedTokens(),
                CODING.taskTokens(),
                CODING.toolTokens(),
                CODING.answerTokens(),
                medianSeconds,
                sigma);
    }

    private static List<AgentScript> arrivals(AgentShape shape, double gapSeconds, long seed) {
        SplittableRandom chance = new SplittableRandom(seed);
        List<AgentScript> scripts = new ArrayList<>();
        double seconds = 0;
        while (seconds < HOUR_SECONDS) {
            scripts.add(shape.script("agent-" + scripts.size(), "default", (long) (seconds * 1e9), chance.split()));
            seconds -= gapSeconds * Math.log(1 - chance.nextDouble());
        }
        return scripts;
    }

    private static List<AgentScript> tenantsAndChat(long seed) {
        SplittableRandom chance = new SplittableRandom(seed);
        List<AgentScript> scripts = new ArrayList<>();
        for (int agent = 0; agent < 120; agent++) {
            String tenant = agent < 96 ? "large" : "small";
            scripts.add(CODING.script(tenant + "-" + agent, tenant, 0, chance.split()));
        }
        double seconds = 0;
        while (seconds < HOUR_SECONDS / 3) {
            AgentScript one = CHAT.script("chat-" + scripts.size(), "chat", (long) (seconds * 1e9), chance.split());
            scripts.add(
                    new AgentScript(one.name(), one.tenant(), AgentScript.Kind.CHAT, one.startNanos(), 0, one.steps()));
            seconds -= Math.log(1 - chance.nextDouble()) / 2;
        }
        return scripts;
    }

    private static List<AgentScript> families(long seed) {
        SplittableRandom chance = new SplittableRandom(seed);
        List<AgentScript> scripts = new ArrayList<>();
        AgentShape parent = new AgentShape(10, 2_048, 2_000, 700, 200, 1, 0.8);
        for (int agent = 0; agent < 48; agent++) {
            scripts.add(withChildren(parent.script("agent-" + agent, "default", 0, chance.split()), chance.split()));
        }
        return scripts;
    }

    /** Every third answer starts four sub-agents, whose conversations begin with all that was said so far. */
    private static AgentScript withChildren(AgentScript parent, SplittableRandom chance) {
        List<AgentScript.StepScript> steps = new ArrayList<>();
        for (AgentScript.StepScript step : parent.steps()) {
            List<AgentScript> children = new ArrayList<>();
            boolean last = steps.size() == parent.steps().size() - 1;
            for (int child = 0; child < 4 && steps.size() % 3 == 1 && !last; child++) {
                String name = parent.name() + "." + steps.size() + "." + child;
                children.add(behind(step, SUB_AGENT.script(name, parent.tenant(), 0, chance.split())));
            }
            steps.add(new AgentScript.StepScript(
                    step.promptTokens(), step.outputTokens(), step.pauseNanos(), step.content(), children));
        }
        return new AgentScript(parent.name(), parent.tenant(), parent.kind(), 0, parent.sharedTokens(), steps);
    }

    private static AgentScript behind(AgentScript.StepScript start, AgentScript child) {
        int before = start.contextTokens();
        Content content = Content.own(Content.mix(child.name().hashCode() * 31L + before), start.content(), before);
        List<AgentScript.StepScript> steps = new ArrayList<>();
        for (AgentScript.StepScript step : child.steps()) {
            steps.add(new AgentScript.StepScript(
                    before + step.promptTokens(), step.outputTokens(), step.pauseNanos(), content, List.of()));
        }
        return new AgentScript(child.name(), child.tenant(), child.kind(), 0, before, steps);
    }
}
