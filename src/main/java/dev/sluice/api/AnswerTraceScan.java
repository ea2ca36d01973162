package dev.sluice.api;

import dev.sluice.agent.AnswerTrace;
import java.util.Set;

/**
 * Notes of an answer what the next request will repeat of it: the id of its first tool call, the beginning of its text, and
 * the id under which the responses API keeps it. Confined to the event loop of its exchange.
 */
final class AnswerTraceScan {

    private static final Set<String> NAMES = Set.of("id", "call_id", "content", "text", "delta");

    private static final String WHOLE_TEXT = "output.[].content.[].text";

    private final Route route;
    private final TextOpening opening = new TextOpening(new TextHash());
    private boolean sawPieces;
    private long id;
    private long call;

    AnswerTraceScan(Route route) {
        this.route = route;
    }

    /** Whether a string of a field of this name may be worth a look. */
    boolean mayWant(String name) {
        return NAMES.contains(name) && (call == 0 || opening.isWanted() || name.equals("id"));
    }

    boolean wantsText() {
        return opening.isWanted() && call == 0;
    }

    boolean wantsCall() {
        return call == 0;
    }

    /**
     * A string of the answer.
     *
     * @param path its place, as {@link AnswerFacts} tells it
     */
    void onString(String path, String value) {
        switch (path) {
            case "id" -> id = route == Route.RESPONSES ? TextHash.of(value) : 0;
            case "choices.[].delta.tool_calls.[].id",
                    "choices.[].message.tool_calls.[].id",
                    "content_block.id",
                    "content.[].id",
                    "output.[].call_id",
                    "item.call_id" -> call = call == 0 && !value.isEmpty() ? TextHash.of(value) : call;
            case "choices.[].delta.content", "choices.[].message.content", "delta.text", "content.[].text" ->
                opening.write(value, 0, value.length());
            case "delta" -> {
                sawPieces = true;
                opening.write(value, 0, value.length());
            }
            case WHOLE_TEXT -> {
                if (!sawPieces) {
                    opening.write(value, 0, value.length());
                }
            }
            default -> {}
        }
    }

    AnswerTrace trace() {
        opening.endSurrogate();
        return new AnswerTrace(id, AnswerTrace.mark(call, opening.hash(), opening.isLong()));
    }
}
