package dev.sluice.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.admission.Explanation;
import dev.sluice.admission.Obstacle;
import dev.sluice.admission.Snapshot;
import java.util.Locale;

/** The JSON of {@code /agents/{id}}: what {@code /state} lists, why, what would change it, and what it has cost. */
final class AgentPage {

    private AgentPage() {}

    static ObjectNode of(Explanation explanation) {
        ObjectNode page = StatePage.agent(explanation.agent());
        page.put("why", why(explanation));
        page.put("release", release(explanation));
        ArrayNode obstacles = page.putArray("obstacles");
        explanation
                .obstacles()
                .forEach(obstacle -> obstacles
                        .addObject()
                        .put("code", obstacle.kind().label())
                        .put("amount", Math.round(obstacle.amount()))
                        .put("text", text(obstacle)));
        page.put("promoted", StatePage.seconds(explanation.promotedInNanos()));
        page.put("expires", StatePage.seconds(explanation.expiresInNanos()));
        page.put("holdRatio", StatePage.known(explanation.holdRatio()));
        page.put("ending", explanation.ending());
        page.set("cost", cost(explanation));
        return page;
    }

    private static ObjectNode cost(Explanation explanation) {
        Explanation.Cost cost = explanation.cost();
        return JsonNodeFactory.instance
                .objectNode()
                .put("steps", explanation.agent().steps())
                .put("waited", StatePage.seconds(cost.waitedNanos()))
                .put("longestWait", StatePage.seconds(cost.longestWaitNanos()))
                .put("pauses", cost.pauses())
                .put("lastPause", cost.lastPause())
                .put("lastPaused", StatePage.seconds(cost.lastPausedNanos()))
                .put("prompt", cost.promptTokens())
                .put("cached", cost.cachedTokens())
                .put("recomputed", cost.recomputedTokens())
                .put("expected", cost.expectedTokens())
                .put("lost", cost.lostTokens());
    }

    private static String why(Explanation explanation) {
        Snapshot.AgentView agent = explanation.agent();
        return switch (agent.state()) {
            case RUNNING -> "Its step is in the engine.";
            case RESIDENT ->
                "It is between steps. Its prefix is kept: " + tokens(agent.heldTokens()) + " are counted for it.";
            case PARKED -> parked(agent.reason());
            case WAITING ->
                explanation.obstacles().isEmpty()
                        ? "Its step waits and nothing stands in its way: it goes at the next look."
                        : "Its step waits: " + text(explanation.obstacles().get(0)) + ".";
        };
    }

    private static String parked(String reason) {
        return switch (reason) {
            case "low_hold_value" ->
                "It is between steps and was paused: keeping its prefix was worth less than the room that another step"
                        + " needed.";
            case "gave_way" ->
                "It is between steps and was paused: a step that had to go, whatever the cost, needed its room.";
            case "lease_over" -> "It is between steps and was paused: it was silent for too long while others waited.";
            case "cache_cleared" -> "It is between steps; the engine has emptied its cache.";
            case "engine_restarted" -> "It is between steps; the engine was restarted and its cache is empty.";
            default -> "It is between steps and nothing is kept for it.";
        };
    }

    private static String text(Obstacle obstacle) {
        long amount = Math.round(obstacle.amount());
        return switch (obstacle.kind()) {
            case NOT_ITS_TURN -> amount == 1 ? "one step comes before it" : amount + " steps come before it";
            case STARTED_FIRST ->
                "it is new, and agents that have started wait (" + amount + "): they go before newcomers";
            case DOOR_SHUT -> "it is new, and those inside will need the pool as they grow";
            case NO_ROOM -> "the budget lacks " + tokens(amount) + " for it";
            case NO_PLACE -> "the window is full, by " + (amount == 1 ? "one agent" : amount + " agents");
            case PREFILL_BOUND ->
                "prompts that still wait for their first token fill their bound; its own has " + tokens(amount)
                        + " to compute";
        };
    }

    private static String release(Explanation explanation) {
        Snapshot.AgentView agent = explanation.agent();
        return switch (agent.state()) {
            case RUNNING -> explanation.ending() ? "It is forgotten when this step ends." : "Nothing holds it.";
            case PARKED -> "Its next step: it then waits for room, with its whole context to be computed.";
            case RESIDENT -> resident(explanation.holdRatio());
            case WAITING -> waiting(explanation);
        };
    }

    private static String resident(double holdRatio) {
        if (Double.isNaN(holdRatio)) {
            return "Its next step goes ahead of agents whose prefix is not kept.";
        }
        if (Double.isInfinite(holdRatio)) {
            return "Its prefix stays as long as sub-agents that begin with it hold room.";
        }
        String worth = String.format(Locale.ROOT, "Its prefix is worth %.2f times the price of its room", holdRatio);
        return worth + (holdRatio < 1 ? ": it gives way as soon as a step needs the room." : ": it stays.");
    }

    private static String waiting(Explanation explanation) {
        StringBuilder text = new StringBuilder();
        for (Obstacle obstacle : explanation.obstacles()) {
            text.append(
                    switch (obstacle.kind()) {
                        case NOT_ITS_TURN -> "Those before it go. ";
                        case STARTED_FIRST -> "No agent that has started waits any longer. ";
                        case DOOR_SHUT -> "Agents inside end, or turn out to need less. ";
                        case NO_ROOM -> "Running agents end their step or idle ones give way. ";
                        case NO_PLACE -> "An agent leaves the window. ";
                        case PREFILL_BOUND -> "A prompt in the engine gets its first token. ";
                    });
        }
        if (explanation.promotedInNanos() >= 0) {
            text.append("It goes first, whatever the cost, in ").append(seconds(explanation.promotedInNanos()));
            text.append(" at the latest. ");
        }
        return text.append("Its wait is refused in ")
                .append(seconds(explanation.expiresInNanos()))
                .append('.')
                .toString();
    }

    private static String tokens(long amount) {
        return String.format(Locale.ROOT, "%,d tokens", amount);
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.0f s", nanos / 1e9);
    }
}
