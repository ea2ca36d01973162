package dev.sluice.emulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers written beforehand, so that an agent program can be led through a course of steps: whoever's request holds a
 * part's words gets that part's lines one after the other, by how many answers stand behind the words. Immutable.
 *
 * @param parts the first whose words a request holds, and whose tool it offers, counts
 */
public record Script(List<Part> parts) {

    /** Nobody is led. */
    public static final Script NONE = new Script(List.of());

    public Script {
        parts = List.copyOf(parts);
    }

    /**
     * One course.
     *
     * @param when the words, anywhere in a request
     * @param lines its answers; the last one goes on for ever if it calls no tool
     */
    record Part(String when, List<Line> lines) {

        Part {
            lines = List.copyOf(lines);
        }

        @Nullable
        Line line(int given) {
            Line last = lines.get(lines.size() - 1);
            return given < lines.size() ? lines.get(given) : last.call == null ? last : null;
        }
    }

    /** One answer: text, a tool call, or both. */
    record Line(String text, Answer.@Nullable Call call) {

        Answer answer() {
            Answer.Stop stop = call == null ? Answer.Stop.STOP : Answer.Stop.TOOL_CALLS;
            return new Answer(inWholePieces(text), call, true, stop);
        }

        /** A line feed begins a piece: blanks fill up what stands before each. */
        private static String inWholePieces(String text) {
            StringBuilder whole = new StringBuilder();
            for (byte ascii : text.getBytes(StandardCharsets.US_ASCII)) {
                while (ascii == '\n' && whole.length() % TokenRule.PIECE_BYTES != 0) {
                    whole.append(' ');
                }
                whole.append((char) ascii);
            }
            while (whole.length() % TokenRule.PIECE_BYTES != 0) {
                whole.append(' ');
            }
            return whole.toString();
        }
    }

    /**
     * Reads one: {@code [{"when": WORDS, "answers": [{"text": TEXT, "call": {"tool": NAME, "arguments": {…}}}, …]}, …]}.
     *
     * @throws IllegalArgumentException if it is none; says where
     */
    public static Script parse(String json) {
        List<Part> parts = new ArrayList<>();
        JsonNode root;
        try {
            root = Json.MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("script: " + e.getOriginalMessage() + " (expected: JSON)", e);
        }
        for (JsonNode part : list("script", root)) {
            String when = part.path("when").asText();
            if (when.isEmpty()) {
                throw new IllegalArgumentException("when: none (expected: words that a request holds)");
            }
            List<Line> lines = new ArrayList<>();
            for (JsonNode line : list("answers", part.path("answers"))) {
                lines.add(line(line));
            }
            parts.add(new Part(when, lines));
        }
        return new Script(parts);
    }

    private static JsonNode list(String name, JsonNode value) {
        if (!value.isArray() || value.isEmpty()) {
            throw new IllegalArgumentException(name + ": " + value.getNodeType() + " (expected: a list, not empty)");
        }
        return value;
    }

    private static Line line(JsonNode line) {
        JsonNode call = line.path("call");
        if (call.isMissingNode()) {
            return new Line(line.path("text").asText(), null);
        }
        if (!(call.path("arguments") instanceof ObjectNode arguments)
                || call.path("tool").asText().isEmpty()) {
            throw new IllegalArgumentException("call: " + call + " (expected: tool and arguments)");
        }
        return new Line(
                line.path("text").asText(), Answer.Call.of(call.path("tool").asText(), arguments));
    }

    /** The answer to a request; null if it is not led, or has no room for it. */
    @Nullable
    Answer answer(RequestBody body, Wish wish, int roomTokens) {
        if (parts.isEmpty()) {
            return null;
        }
        String whole = body.json().toString();
        for (Part part : parts) {
            if (whole.contains(part.when)) {
                int given = answersBehind(part.when, body.field("messages"))
                        + answersBehind(part.when, body.field("input"));
                Line line = part.line(given);
                if (line != null && (line.call == null || offers(wish, line.call))) {
                    Answer answer = line.answer();
                    return answer.tokens() <= roomTokens ? answer : null;
                }
            }
        }
        return null;
    }

    private static boolean offers(Wish wish, Answer.Call call) {
        return wish.choice().mode() != Tool.Choice.Mode.NONE
                && wish.tools().stream().anyMatch(tool -> tool.name().equals(call.name()));
    }

    /** Turns of the model behind the first message with the words; a text and the calls behind it are one. */
    private static int answersBehind(String words, JsonNode history) {
        int answers = 0;
        boolean isBehind = false;
        boolean inAnswer = false;
        for (JsonNode item : history) {
            boolean isAnswer = item.path("role").asText().equals(TokenRule.ASSISTANT)
                    || item.path("type").asText().endsWith("_call")
                    || item.path("type").asText().equals("reasoning");
            answers += isBehind && isAnswer && !inAnswer ? 1 : 0;
            inAnswer = isAnswer;
            isBehind |= item.toString().contains(words);
        }
        return answers;
    }
}
