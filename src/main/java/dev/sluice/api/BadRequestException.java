package dev.sluice.api;

/** The body of a governed request cannot be read. The message says what was expected, in words for the client. */
public final class BadRequestException extends Exception {
    private static final long serialVersionUID = 1L;

    public BadRequestException(String message) {
        super(message);
    }
}
