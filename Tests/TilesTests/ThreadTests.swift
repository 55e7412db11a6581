import CNeuronikaTiles
import Foundation
import Testing

@Suite struct ThreadTests {
  @Test func flushingDenormalsLastsUntilRestored() {
    // A kernel computes, lest the compiler know the product.
    func product() -> Float {
      run(NK_MUL_VS, [[.leastNormalMagnitude], [0.5]], rows: 1, width: 1)[0]
    }
    #expect(product() > 0)
    let state = nk_flush_denormals()
    #expect(product() == 0)
    #expect(run(NK_EXP, [[-100]], rows: 1, width: 1) == [0])
    #expect(run(NK_LOG, [[.leastNonzeroMagnitude]], rows: 1, width: 1) == [-.infinity])
    nk_restore_denormals(state)
    #expect(product() > 0)
    #expect(abs(run(NK_LOG, [[.leastNonzeroMagnitude]], rows: 1, width: 1)[0] + 103.278929) < 1e-5)
  }

  @Test func eachThreadHasASlotOfItsOwn() {
    let mine = nk_thread_slot()
    #expect(mine == nk_thread_slot())
    nonisolated(unsafe) var theirs: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    let done = DispatchSemaphore(value: 0)
    let other = Thread {
      theirs = nk_thread_slot()
      done.signal()
    }
    other.start()
    done.wait()
    #expect(theirs != nil && theirs != mine)
  }
}
