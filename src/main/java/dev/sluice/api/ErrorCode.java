package dev.sluice.api;

import java.util.Locale;

/** Every error that Sluice itself answers with. The code is machine readable and stays. */
public enum ErrorCode {
    QUEUE_FULL(429, "rate_limit_error"),
    WAIT_EXPIRED(429, "rate_limit_error"),
    ENGINE_DOWN(503, "api_error"),
    ENGINE_DIED(502, "api_error"),
    ENGINE_SLOW(504, "api_error"),
    CONTEXT_LIMIT(400, "invalid_request_error"),
    BAD_IDENTITY(400, "invalid_request_error"),
    BAD_REQUEST(400, "invalid_request_error"),
    BODY_TOO_LARGE(413, "invalid_request_error"),
    FIELDS_TOO_LARGE(431, "invalid_request_error"),
    DRAINING(503, "api_error");

    private final int status;
    private final String type;

    ErrorCode(int status, String type) {
        this.status = status;
        this.type = type;
    }

    public int status() {
        return status;
    }

    /** The {@code type} of the error object, in words that both API families know. */
    public String type() {
        return type;
    }

    /** The code as it stands in the error object and in the {@code Sluice-Reason} field. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
