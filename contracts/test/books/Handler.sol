// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/IEscrow.sol";
import {HandlerDisputes} from "./HandlerDisputes.sol";
import {HandlerWorld} from "./HandlerWorld.sol";
import {HostileToken} from "./HandlerTokens.sol";
import {Reader} from "../Reader.sol";

/// Does to one escrow whatever publishers, settlers, payees, relayers and strangers can do, in any order, over several
/// jobs in coins, in a token and in a hostile one. No call of it may revert; what breaks a rule is noted in `broken`.
contract Handler is HandlerDisputes {
    using Reader for IEscrow;

    constructor(IEscrow escrow) HandlerWorld(escrow) {}

    /// Lets the time pass, ends every dispute and every job, and takes out every leaf and credit.
    function finish() external watched {
        HOSTILE.turn(HostileToken.Mood.Plain);
        SULKER.turn(true);
        vm.warp(block.timestamp + 30 days);
        _resolveAll();
        for (uint256 i = 0; i < jobIds.length; ++i) {
            _plays[jobIds[i]].isTouched = true;
            if (ESCROW.job(jobIds[i]).state == 1) _beginClose(jobIds[i], RELAYER);
        }
        vm.warp(block.timestamp + 3 days);
        for (uint256 i = 0; i < jobIds.length; ++i) {
            if (ESCROW.job(jobIds[i]).state == 2) _close(jobIds[i]);
            _claimAll(jobIds[i]);
        }
        for (uint256 i = 0; i < accounts.length; ++i) {
            for (uint256 token = 0; token < 3; ++token) {
                _creditOut(tokens[token], accounts[i]);
            }
        }
    }

    /// Every leaf, twice.
    function _claimAll(bytes32 jobId) private {
        for (uint256 i = 0; i < _numbers[jobId].length; ++i) {
            uint256 number = _numbers[jobId][i];
            for (uint256 j = 0; j < _leaves[jobId][number].length; ++j) {
                _claim(_proven(jobId, number, j));
                _claim(_proven(jobId, number, j));
            }
        }
    }
}
