import ArgumentParser
import NeuronikaTutorialKit

/// Refuses a count below 1 on the command line.
public func atLeastOne(_ flag: String, _ setting: Setting<Int>, in run: RunOptions) throws {
  let value = setting.value(quick: run.quick)
  guard value >= 1 else { throw ValidationError("\(flag) must be at least 1, not \(value).") }
}

/// Refuses what is not a number above 0 on the command line.
public func positive(_ flag: String, _ setting: Setting<Double>, in run: RunOptions) throws {
  let value = setting.value(quick: run.quick)
  guard value > 0, value.isFinite else {
    throw ValidationError("\(flag) must be a number greater than 0, not \(value).")
  }
}
