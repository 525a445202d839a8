// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrowTypes} from "../IEscrowTypes.sol";

/// @notice What was posted lately, in windows of `postDelay + challengeDelay`: never less than what became final within
/// the last `challengeDelay`.
/// @dev What became final less than `challengeDelay` ago was first posted less than a window ago, and whatever later
/// posts have added to it came after that: all of it was posted in the window of now or in the one before. So was all of
/// an epoch that is pending, which is why a post that replaces it counts what it adds. Kept is what was committed when
/// the window before began; the difference to what is committed now is never too low, since nothing posted is taken back.
/// A forced total is, by a veto: then it is taken from what is kept as well. It may count while it is new. Windows are
/// numbered modulo 2^16: one that is taken for another long ago counts what was posted since then.
library Windows {
    /// @notice Begins the window of now, if it has not begun. To be called before anything is added in it.
    function roll(IEscrowTypes.Job storage job, IEscrowTypes.Terms calldata terms) internal {
        unchecked {
            uint16 window = uint16(block.timestamp / (terms.postDelay + terms.challengeDelay));
            uint16 steps = window - job.window;
            if (steps == 0) return;
            uint88 committed = job.committed;
            job.atFormer = steps == 1 ? job.atWindow : committed;
            (job.atWindow, job.window) = (committed, window);
        }
    }

    function recent(IEscrowTypes.Job storage job) internal view returns (uint256) {
        unchecked {
            return uint88(job.committed - job.atFormer);
        }
    }

    /// @notice Keeps what is recent as it is, while less is committed.
    function forget(IEscrowTypes.Job storage job, uint88 amount) internal {
        unchecked {
            job.atFormer -= amount;
            job.atWindow -= amount;
        }
    }
}
