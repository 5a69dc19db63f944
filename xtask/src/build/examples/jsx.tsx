// The element in TSX, for `check_types` only: correct uses compile, and wrong ones must not.
import type { PredictionDetail, RecordLike, ScorecastPredictor } from "scorecast";
import type {} from "scorecast/react";
import { ScorecastPredictor as Component } from "scorecast-element/react";
import { useRef, useState } from "react";

export function Right() {
  const element = useRef<ScorecastPredictor>(null);
  const [record, setRecord] = useState<RecordLike>({ reading_score: 64, lunch: null });
  const [shown, setShown] = useState<number>();
  const take = ({ detail }: { detail: PredictionDetail }) => setShown(detail.shown);
  return (
    <form title={shown?.toFixed(1)}>
      <scorecast-predictor record={record} />
      <scorecast-predictor
        ref={element}
        key="one"
        className="estimate"
        src="https://HOST/artifacts/"
        panels={["student", "estimate"]}
        level={80}
        theme="dark"
        lang="es"
        name="estimate"
        required
        readonly={false}
        record={null}
        onscorecast-ready={({ detail }) => detail.schema.columns.length}
        onscorecast-prediction={(event) => {
          setRecord(event.detail.record);
          take(event);
        }}
        onscorecast-error={({ detail }) => console.error(detail.code, detail.field)}
      />
    </form>
  );
}

export const asComponent = (
  <Component src="/artifacts/" record={{ reading_score: 64 }} panels={["estimate"]} onPrediction={({ shown }) => shown.toFixed(1)} />
);

export const asText = <scorecast-predictor record={JSON.stringify({ reading_score: 64 })} />;

export const wrong = [
  // @ts-expect-error The component needs to know where the model is.
  <Component />,
  // @ts-expect-error A record is an object, or JSON text.
  <scorecast-predictor record={64} />,
  // @ts-expect-error A cell is no object.
  <scorecast-predictor record={{ reading_score: {} }} />,
  // @ts-expect-error There is no such panel.
  <scorecast-predictor panels={["estimates"]} />,
  // @ts-expect-error There is no such theme.
  <scorecast-predictor theme="blue" />,
  // @ts-expect-error The element has no such property.
  <scorecast-predictor model="artifacts/" />,
  // @ts-expect-error The event has no such detail.
  <scorecast-predictor onscorecast-prediction={({ detail }) => detail.estimate} />,
  // @ts-expect-error There is no such element.
  <scorecast-predictors />,
];
