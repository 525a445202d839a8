// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/IEscrow.sol";
import {Handler} from "./Handler.sol";
import {HandlerWorld} from "./HandlerWorld.sol";
import {Reader} from "../Reader.sol";
import {Test} from "../Test.sol";

/// An escrow with a handler at work, what its epochs add up to, and what must be true at the end.
abstract contract HandlerTest is Test {
    using Reader for IEscrow;

    struct Sum {
        uint256 total;
        uint256 claimed;
        uint256 forced;
        uint256 finals; // of the settler's epochs
    }

    uint256 internal constant RULES = 20;
    uint256 internal constant CLOSED = 3;
    uint256 private constant FORCED = 1 << 31;

    IEscrow internal escrow;
    Handler internal handler;

    function setUp() public {
        vm.warp(1_800_000_000);
        escrow = deployEscrow();
        handler = new Handler(escrow);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(handler), mix());
    }

    /// Every act, the frequent ones several times.
    function mix() internal view returns (bytes4[] memory selectors) {
        bytes4[28] memory acts = [
            handler.open.selector,
            handler.openFor.selector,
            handler.claimAndOpen.selector,
            handler.topUp.selector,
            handler.setSettler.selector,
            handler.beginClose.selector,
            handler.close.selector,
            handler.post.selector,
            handler.post.selector,
            handler.post.selector,
            handler.post.selector,
            handler.force.selector,
            handler.veto.selector,
            handler.veto.selector,
            handler.claim.selector,
            handler.claim.selector,
            handler.claimMany.selector,
            handler.claimCredit.selector,
            handler.cashout.selector,
            handler.cashoutMany.selector,
            handler.challenge.selector,
            handler.challenge.selector,
            handler.answer.selector,
            handler.answer.selector,
            handler.resolve.selector,
            handler.feedback.selector,
            handler.warp.selector,
            handler.warp.selector
        ];
        selectors = new bytes4[](acts.length);
        for (uint256 i = 0; i < acts.length; ++i) {
            selectors[i] = acts[i];
        }
    }

    /// Nothing was seen that breaks a rule.
    function unbroken(uint256 rule) internal view {
        string memory found = handler.broken(rule);
        if (bytes(found).length > 0) revert Untrue(found);
    }

    function sumOf(bytes32 jobId) internal view returns (Sum memory sum) {
        uint256[] memory numbers = handler.numbersOf(jobId);
        for (uint256 i = 0; i < numbers.length; ++i) {
            IEscrow.Epoch memory epoch = escrow.epoch(jobId, numbers[i]);
            sum.total += epoch.total;
            sum.claimed += epoch.claimed;
            if (numbers[i] >= FORCED) sum.forced += epoch.total;
            else if (epoch.finalAt <= block.timestamp) sum.finals += epoch.total;
        }
    }

    /// At the end each deposit has gone out, to the wei, and nothing is left.
    function checkEnd() internal {
        handler.finish();
        for (uint256 i = 0; i < handler.jobCount(); ++i) {
            HandlerWorld.Play memory play = handler.play(handler.jobIds(i));
            IEscrow.Job memory job = escrow.job(handler.jobIds(i));
            assertEq(job.state, CLOSED, "closed");
            assertEq(play.paid, job.committed, "payees got all that was posted");
            uint256 out = play.paid + play.bounties + play.returned + play.compensated + play.penalties;
            assertEq(out, play.arrived, "all that came in has gone out");
        }
        for (uint256 i = 0; i < 3; ++i) {
            assertEq(handler.balanceOf(handler.tokens(i), address(escrow)), 0, "nothing is left");
        }
        for (uint256 rule = 0; rule < RULES; ++rule) {
            unbroken(rule);
        }
    }
}
