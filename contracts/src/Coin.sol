// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {IEscrow} from "./IEscrow.sol";

/// @notice Moves the chain's own coin (address zero) or an ERC-20 token.
library Coin {
    /// @notice Takes exactly `amount` from the caller. A token that keeps a part of what is sent would leave a job
    /// uncovered: what arrives is measured. A deposit made inside another one is counted twice and so refused.
    function take(address token, uint256 amount) internal {
        uint256 expected = token == address(0) ? amount : 0;
        if (msg.value != expected) revert IEscrow.WrongDeposit(msg.value, expected);
        if (token == address(0)) return;

        uint256 before = IERC20(token).balanceOf(address(this));
        SafeERC20.safeTransferFrom(IERC20(token), msg.sender, address(this), amount);
        uint256 received = IERC20(token).balanceOf(address(this)) - before;
        if (received != amount) revert IEscrow.WrongDeposit(received, amount);
    }

    function pay(address token, address to, uint256 amount) internal {
        if (token == address(0)) Address.sendValue(payable(to), amount);
        else SafeERC20.safeTransfer(IERC20(token), to, amount);
    }
}
