package dev.sluice.proxy;

import dev.sluice.admission.Arrival;
import dev.sluice.api.AnswerReader;
import dev.sluice.api.ErrorCode;
import dev.sluice.api.RequestFacts;
import dev.sluice.api.Route;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/** Placeholder seam until the API package lands. */
public interface GovernedApi {

    RequestFacts read(Route route, ByteBuf body);

    Arrival identify(HttpHeaders fields, RequestFacts facts, long bodyBytes);

    AnswerReader answerReader(Route route, RequestFacts facts, @Nullable String contentType);

    byte[] errorBody(@Nullable Route route, ErrorCode code, String message);
}
