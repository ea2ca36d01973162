package dev.sluice.agent;

/** A request names its agent, parent or tenant in our own fields, and wrongly. The message says what was expected, in words for the client. */
public final class BadIdentityException extends Exception {
    private static final long serialVersionUID = 1L;

    public BadIdentityException(String message) {
        super(message);
    }
}
