// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Test} from "./Test.sol";

/// A contract that others shall trust must be small enough to be read.
contract SizeTest is Test {
    function test_the_escrow_is_at_most_14_000_bytes() external {
        assertTrue(address(deployEscrow()).code.length <= 14_000, "too large");
    }
}
