// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Sums amounts by the window of `span` seconds they fall into. Whatever fell into the last `span` seconds
/// lies in the window of now or in the one before, so that their sum is never too low.
library Windows {
    struct Book {
        mapping(uint256 window => uint256) sums;
    }

    function add(Book storage self, uint256 time, uint256 span, uint256 amount) internal {
        unchecked {
            self.sums[_window(time, span)] += amount; // amounts have 88 bits
        }
    }

    /// @notice Takes away what was added before.
    function subtract(Book storage self, uint256 time, uint256 span, uint256 amount) internal {
        unchecked {
            add(self, time, span, 0 - amount);
        }
    }

    function recent(Book storage self, uint256 span) internal view returns (uint256) {
        uint256 window = _window(block.timestamp, span);
        return self.sums[window] + self.sums[window - 1];
    }

    /// Counted from one, so that there is always a window before.
    function _window(uint256 time, uint256 span) private pure returns (uint256) {
        return time / span + 1;
    }
}
