package dev.sluice.agent;

/**
 * What an answer leaves by which the request behind it can be told from others, as hashes; 0 where there is nothing.
 *
 * @param id of the id under which the server keeps the answer
 * @param mark of the answer as the next request repeats it: of its first tool call's id, else of the beginning of its text
 */
public record AnswerTrace(long id, long mark) {

    public static final AnswerTrace NONE = new AnswerTrace(0, 0);

    private static final long KIND = 3;
    private static final long CALL = 1;
    private static final long LONG_TEXT = 2;

    /**
     * A mark that tells its kind.
     *
     * @param call hash of a tool call's id; 0 for none
     * @param opening hash of the beginning of the text; 0 for none
     * @param isLong whether the text is long enough not to be said twice by accident
     */
    public static long mark(long call, long opening, boolean isLong) {
        if (call != 0) {
            return (call & ~KIND) | CALL;
        }
        return (opening & ~KIND) | (isLong ? LONG_TEXT : 0);
    }

    /** Whether an answer with this mark is hardly anybody else's. */
    static boolean isTelling(long mark) {
        return (mark & KIND) != 0;
    }

    static boolean isOfCall(long mark) {
        return (mark & KIND) == CALL;
    }
}
