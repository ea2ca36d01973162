package dev.sluice.agent;

/**
 * What an answer leaves by which the request behind it can be told from others, as hashes; 0 where there is nothing.
 *
 * @param id of the id under which the server keeps the answer
 * @param mark of the answer as the next request repeats it: of its first tool call's id, else of the beginning of its text
 */
public record AnswerTrace(long id, long mark) {

    public static final AnswerTrace NONE = new AnswerTrace(0, 0);

    /**
     * A mark of either kind, which can be told from the other.
     *
     * @param call hash of a tool call's id; 0 for none
     * @param opening hash of the beginning of the text; 0 for none
     */
    public static long mark(long call, long opening) {
        return call != 0 ? call | 1 : opening & ~1L;
    }

    static boolean isOfCall(long mark) {
        return (mark & 1) != 0;
    }
}
