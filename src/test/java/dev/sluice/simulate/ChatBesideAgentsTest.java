package dev.sluice.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.emulator.Preset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Chats beside agents, against the same chats and the same agents alone. Run by {@code mvn -Plong test}. */
@Tag("long")
final class ChatBesideAgentsTest {

    private static final Workload BOTH = Workload.named("tenants-and-chat");
    private static final int SEEDS = 12;

    /** Chats beside agents: the p99 of the first token, over that of the chats alone, and what they cost the agents. */
    private record Seen(double p99Seconds, double overAlone, double cost) {}

    @Test
    void chatsWaitForOnePromptAtMostAndAgentsPayLittleMoreThanWhatTheChatsTake() {
        Seen seen = see(BOTH.engine());
        assertThat(seen.p99Seconds).isLessThan(4);
        assertThat(seen.cost).isLessThan(0.12);
    }

    @Test
    void whereTheEngineDividesLongPromptsChatsHardlyWait() {
        Seen seen = see(BOTH.engine().withPromptTokensPerStep(256));
        assertThat(seen.overAlone).isLessThan(3);
        assertThat(seen.cost).isLessThan(0.05);
    }

    private static Seen see(Preset engine) {
        List<Outcome> alone = run(engine, "off", script -> script.kind() == AgentScript.Kind.CHAT);
        List<Outcome> agents = run(engine, "working-set", script -> script.kind() == AgentScript.Kind.AGENT);
        List<Outcome> together = run(engine, "working-set", script -> true);
        List<Outcome> uncontrolled = run(engine, "off", script -> true);

        double chat = mean(together, ChatBesideAgentsTest::chatP99);
        double chatAlone = mean(alone, ChatBesideAgentsTest::chatP99);
        double cost = mean(together, Outcome::makespanSeconds) / mean(agents, Outcome::makespanSeconds) - 1;
        System.out.printf(
                "%d tokens of a prompt at a time: chats' TTFT p99: alone %.2f s, beside agents %.2f s (median %.3f s), without control %.0f s;"
                        + " the agents end %.1f %% later, after %.0f s%n",
                engine.promptTokensPerStep(),
                chatAlone,
                chat,
                mean(together, outcome -> outcome.chatTtftSeconds().quantile(0.5)),
                mean(uncontrolled, ChatBesideAgentsTest::chatP99),
                100 * cost,
                mean(together, Outcome::makespanSeconds));
        return new Seen(chat, chat / chatAlone, cost);
    }

    private static List<Outcome> run(Preset engine, String law, Predicate<AgentScript> which) {
        List<Outcome> outcomes = new ArrayList<>();
        for (long seed = 1; seed <= SEEDS; seed++) {
            List<AgentScript> scripts =
                    BOTH.scripts().apply(seed).stream().filter(which).toList();
            outcomes.add(
                    Contender.named(law).simulation(engine, Conditions.GOOD).run(scripts));
        }
        return outcomes;
    }

    private static double chatP99(Outcome outcome) {
        return outcome.chatTtftSeconds().quantile(0.99);
    }

    private static double mean(List<Outcome> outcomes, ToDoubleFunction<Outcome> figure) {
        return outcomes.stream().mapToDouble(figure).average().orElseThrow();
    }
}
