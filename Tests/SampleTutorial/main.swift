//: # A sample
//:
//: Six cells, which end with {{answer|fixed 2}}.

import Foundation  //#hide
import NeuronikaTutorialKit

let notebook = try Notebook.start(Options.self, file: source())
let mischief = notebook.options.mischief  //#hide
showLife(in: notebook.directory)  //#hide

//: ## Data

notebook.data("sample", sha256: String(repeating: "0", count: 64))
notebook.table([["one", 1.5], ["two", -2.5]], headers: ["word", "number"])

//: ## A figure

if mischief != .noFigure {
  notebook.figure(Dot(), alt: "A dot.", name: "dot")
}

//: ## Training

var step = 0
if notebook.options.resume != nil {  //#hide
  step = Int(try String(contentsOfFile: notebook.checkpoint, encoding: .utf8)) ?? 0  //#hide
  print("went on from step \(step)")  //#hide
}  //#hide
let isEndless = mischief == .endless || mischief == .deaf  //#hide
let steps = isEndless ? step + 1_000_000 : notebook[\.steps]
while step < steps {
  step += 1
  let off = mischief == .otherLoss && step == 7 ? 1.0001 : 1
  notebook.history(step: step, epoch: 1, loss: off / Double(step), learningRate: 0.1)
  if notebook.progress(step, of: steps, epoch: 1, loss: 1 / Double(step)) || mischief == .deaf {
    if isEndless { usleep(1000) }  //#hide
    continue
  }
  break
}
try "\(step)".write(toFile: notebook.checkpoint, atomically: true, encoding: .utf8)

//: ## Mischief

print("the fifth cell")
switch mischief {  //#hide
case .fatalError: fatalError("the fifth cell is broken")  //#hide
case .outOfBounds: print([1, 2, 3][step + 3])  //#hide
case .segmentationFault: UnsafeMutablePointer<Int>(bitPattern: 8)?.pointee = 1  //#hide
case .flood: printLines(200_000)  //#hide
case .exit: exit(3)  //#hide
case .giveUp: notebook.stop("table.csv: expected a number in line 3, found \"x\"")  //#hide
case .noNewline: print("no newline", terminator: "")  //#hide
case .standardError:  //#hide
  print("first", terminator: " ")  //#hide
  fflush(nil)  //#hide
  FileHandle.standardError.write(Data("second ".utf8))  //#hide
  print("third")  //#hide
case .lastRow: endWithRow(step + 1, in: notebook)  //#hide
case .noNumber, .endless, .deaf, .noFigure, .otherLoss, .otherMetric, nil: break  //#hide
}  //#hide
notebook.show("its end")

//: ## The end

let answer: Double =
  switch mischief {
  case .noNumber: .nan
  case .otherMetric: 50
  default: 42
  }
notebook.metric("answer", answer)  //#expect answer
notebook.note("This is the *end* of seed \(notebook.seed).")
