import { CUSTOM_ELEMENTS_SCHEMA, Component, provideZonelessChangeDetection, signal } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";
import { Predictor } from "scorecast-core";
import "scorecast-element";
import type { PredictionDetail } from "scorecast-element";

@Component({
  selector: "app-root",
  schemas: [CUSTOM_ELEMENTS_SCHEMA],
  template: `
    <p>The module: <output>{{ value() }}</output>, the element: <output>{{ shown() }}</output></p>
    <scorecast-predictor src="/artifacts/" [record]="record()" (scorecast-prediction)="take($event.detail)" />
  `,
})
class App {
  readonly record = signal<PredictionDetail["record"]>({ reading_score: 72, lunch: "standard" });
  readonly shown = signal<number | undefined>(undefined);
  readonly value = signal<number | undefined>(undefined);

  constructor() {
    void Predictor.load("/artifacts/").then((predictor) => this.value.set(predictor.predict(this.record()).value));
  }

  take({ record, value }: PredictionDetail) {
    this.record.set(record);
    this.shown.set(value);
  }
}

void bootstrapApplication(App, { providers: [provideZonelessChangeDetection()] });
