package dev.sluice.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.simulate.FigureTable;
import dev.sluice.simulate.Figures;
import dev.sluice.simulate.Forecast;
import io.netty.handler.codec.http.HttpResponseStatus;

/** The JSON of {@code /report}: times in seconds, sizes in tokens; {@code made} is null while there is no report. */
final class ReportPage {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private ReportPage() {}

    static Page of(AdminSource source) {
        ObjectNode body = source.savings()
                .map(ReportPage::body)
                .orElseGet(() -> JSON.objectNode().putNull("made").put("missing", source.savingsMissing()));
        return Page.json(HttpResponseStatus.OK, body);
    }

    private static ObjectNode body(AdminSource.Savings savings) {
        Forecast forecast = savings.forecast();
        Figures recorded = forecast.recorded().figures();
        ObjectNode body = JSON.objectNode()
                .put("made", savings.at().toString())
                .put("mode", forecast.recorded().mode())
                .put("seconds", recorded.seconds())
                .put("steps", recorded.steps())
                .put("agents", recorded.agents())
                .put("leftOut", forecast.recorded().leftOut());
        body.putObject("engine")
                .put("preset", forecast.engine().name())
                .put("prefillSpeed", forecast.speed().prefill())
                .put("decodeSpeed", forecast.speed().decode())
                .put("poolTokens", forecast.engine().poolTokens())
                .put("gpus", savings.gpus());
        ObjectNode columns = body.putObject("figures");
        forecast.columns().forEach((title, figures) -> columns.set(title, FigureTable.json(figures)));
        body.putObject("busySeconds")
                .put("enforced", forecast.enforced().busySeconds())
                .put("free", forecast.free().busySeconds());
        body.putObject("saved")
                .put("prefillTokens", forecast.savedPrefillTokens())
                .put("engineSeconds", forecast.savedEngineSeconds())
                .put("gpuSeconds", savings.gpuSeconds())
                .put("money", savings.money());
        body.putObject("error").put("prefill", forecast.prefillError()).put("time", forecast.timeError());
        return body;
    }
}
