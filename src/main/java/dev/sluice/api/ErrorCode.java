package dev.sluice.api;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Every error that Sluice itself answers with. The code is machine readable and stays. */
public enum ErrorCode {
    QUEUE_FULL(429, "rate_limit_error", "rate_limit_error"),
    WAIT_EXPIRED(429, "rate_limit_error", "rate_limit_error"),
    RETRY_STORM(429, "rate_limit_error", "rate_limit_error"),
    ENGINE_DOWN(503, "server_error", "api_error"),
    ENGINE_DIED(502, "server_error", "api_error"),
    ENGINE_SLOW(504, "server_error", "timeout_error"),
    BAD_IDENTITY(400, "invalid_request_error", "invalid_request_error"),
    BAD_REQUEST(400, "invalid_request_error", "invalid_request_error"),
    CONTEXT_LIMIT(400, "invalid_request_error", "invalid_request_error"),
    BODY_TOO_LARGE(413, "invalid_request_error", "request_too_large"),
    FIELDS_TOO_LARGE(431, "invalid_request_error", "invalid_request_error"),
    UNAUTHORIZED(401, "invalid_request_error", "authentication_error"),
    BUDGET_SPENT(429, "rate_limit_error", "rate_limit_error"),
    DRAINING(503, "server_error", "api_error");

    private final int status;
    private final String openAiType;
    private final String anthropicType;

    ErrorCode(int status, String openAiType, String anthropicType) {
        this.status = status;
        this.openAiType = openAiType;
        this.anthropicType = anthropicType;
    }

    public int status() {
        return status;
    }

    /**
     * The {@code type} of the error object, in the words of the route's API family.
     *
     * @param route null where the request is not governed
     */
    public String type(@Nullable Route route) {
        return route != null && route.isAnthropic() ? anthropicType : openAiType;
    }

    /** The code as it stands in the error object and in the {@code Sluice-Reason} field. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
