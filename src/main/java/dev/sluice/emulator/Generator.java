package dev.sluice.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Writes answers: the same prompt under the same seed always gets the same one.
 *
 * <p>An answer ends by itself after {@value #LEAST_TOKENS} to {@value #MOST_TOKENS} tokens unless the request says
 * otherwise. A tool is called always if required, on half of the prompts if the choice is the model's; the text before it
 * fills the answer up to its length. A call that does not fit into the most tokens allowed is left out. Immutable.
 */
final class Generator {

    private static final int LEAST_TOKENS = 64;
    private static final int MOST_TOKENS = 256;
    private static final String CONSONANTS = "bdfghklmnprstvz";
    private static final String VOWELS = "aeiou";

    private final long seed;

    Generator(long seed) {
        this.seed = seed;
    }

    /**
     * @param promptHash of the whole prompt
     * @param roomTokens most tokens, at least 1
     * @param turns whether the answer is a turn that an end token closes; if not, it follows the prompt's text
     */
    Answer answer(long promptHash, Wish wish, int roomTokens, boolean turns) {
        SplittableRandom random = new SplittableRandom(promptHash ^ TokenChain.mix(seed));
        int natural = Math.max(wish.minTokens(), random.nextInt(LEAST_TOKENS, MOST_TOKENS + 1));
        int length = wish.ignoreEos() ? roomTokens : Math.min(natural, roomTokens);
        boolean ends = !wish.ignoreEos() && natural <= roomTokens;

        Answer.Call call = turns ? call(wish, random) : null;
        if (call != null && call.tokens() + 1 <= roomTokens) {
            int textTokens = Math.max(0, length - call.tokens() - 1);
            return new Answer(text(textTokens, true, random), call, true, Answer.Stop.TOOL_CALLS);
        }
        boolean endToken = ends && turns;
        String text = text(endToken ? length - 1 : length, turns, random);
        return new Answer(text, null, endToken, ends ? Answer.Stop.STOP : Answer.Stop.LENGTH);
    }

    private static Answer.@Nullable Call call(Wish wish, SplittableRandom random) {
        List<Tool> tools = wish.tools();
        boolean wanted =
                switch (wish.choice().mode()) {
                    case NONE -> false;
                    case AUTO -> random.nextBoolean();
                    case REQUIRED -> true;
                };
        if (!wanted || tools.isEmpty()) {
            return null;
        }
        Tool tool = tools.get(random.nextInt(tools.size()));
        for (Tool candidate : tools) {
            if (candidate.name().equals(wish.choice().name())) {
                tool = candidate;
            }
        }
        return Answer.Call.of(tool.name(), arguments(tool.schema(), random));
    }

    /** A value for every property that the schema requires. */
    private static ObjectNode arguments(JsonNode schema, SplittableRandom random) {
        ObjectNode arguments = Json.object();
        for (JsonNode required : schema.path("required")) {
            JsonNode property = schema.path("properties").path(required.asText());
            arguments.set(required.asText(), value(property, random));
        }
        return arguments;
    }

    private static JsonNode value(JsonNode schema, SplittableRandom random) {
        JsonNode choices = schema.path("enum");
        if (!choices.isEmpty()) {
            return choices.get(random.nextInt(choices.size()));
        }
        ObjectNode holder = Json.object();
        return switch (schema.path("type").asText()) {
            case "integer", "number" -> holder.numberNode(random.nextInt(1, 100));
            case "boolean" -> holder.booleanNode(random.nextBoolean());
            case "array" -> holder.arrayNode();
            case "object" -> arguments(schema, random);
            default -> holder.textNode(text(random.nextInt(2, 9), true, random));
        };
    }

    /**
     * Pseudo-words of four bytes, so that each is one token.
     *
     * @param turns if not, a line feed comes first: it keeps the pieces of the text before it apart from these
     */
    private static String text(int tokens, boolean turns, SplittableRandom random) {
        StringBuilder text = new StringBuilder(tokens * TokenRule.PIECE_BYTES);
        for (int i = 0; i < tokens; i++) {
            if (i > 0) {
                text.append(' ');
            } else {
                text.append(turns ? 'O' : '\n');
            }
            text.append(CONSONANTS.charAt(random.nextInt(CONSONANTS.length())))
                    .append(VOWELS.charAt(random.nextInt(VOWELS.length())))
                    .append(CONSONANTS.charAt(random.nextInt(CONSONANTS.length())));
        }
        return text.toString();
    }
}
