/// One thing drawn in a panel.
package struct Series: Sendable {
  package enum Kind: Sendable {
    case points(x: [Double], y: [Double])
    case line(x: [Double], y: [Double], style: LineStyle)
    case band(x: [Double], lower: [Double], upper: [Double])
    case errorBars(x: [Double], y: [Double], lower: [Double], upper: [Double])
    case bars(values: [Double], lower: [Double], upper: [Double], group: Int)
    case intervals(values: [Double], lower: [Double], upper: [Double])
    case histogram(edges: [Double], counts: [Double])
    case diagonal
    case horizontalLine(Double)
    case verticalLine(Double)
    case horizontalBand(ClosedRange<Double>)
    case verticalBand(ClosedRange<Double>)
  }

  package let kind: Kind
  package let label: String
  package let color: ChartColor
  /// Counts the series of one kind: picks point shape, dashes or filling.
  package let variant: Int

  /// What lies further back is drawn first.
  package var layer: Int {
    switch kind {
    case .horizontalBand, .verticalBand: 0
    case .band: 1
    case .bars, .histogram: 2
    case .line(_, _, .thin): 3
    default: 4
    }
  }
}

/// The axis along which a panel has categories instead of numbers.
package struct Categories: Sendable {
  package let labels: [String]
  package let direction: BarDirection
}
